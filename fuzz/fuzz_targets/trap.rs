//! See `sandbox_fuzz::trap`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandbox_fuzz::trap(data));
