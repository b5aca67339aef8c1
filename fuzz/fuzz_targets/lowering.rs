//! See `sandbox_fuzz::lowering`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandbox_fuzz::lowering(data));
