//! The second engine: the system's libseccomp, for policies that it provably compiles right.
