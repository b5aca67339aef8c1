//! See `sandbox_fuzz::attribute`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandbox_fuzz::attribute(data));
