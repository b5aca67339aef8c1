//! See `sandbox_fuzz::line`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandbox_fuzz::line(data));
