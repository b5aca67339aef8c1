//! Learning, from nothing to a program that works confined; and the page that shows it. Calls cargo: the present user's to
//! do. All builds share one target folder, which stays for the next time.

mod desk;
mod examples;
mod fetched;
mod page;
mod small;
mod terminal;
