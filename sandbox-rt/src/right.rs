//! A type for each right of the vocabulary, spelled as in a declaration: `P: Grants<right::read>`.

#![allow(non_camel_case_types, reason = "they are written as in the declaration")]

sandbox_macros::__vocabulary!(right);
