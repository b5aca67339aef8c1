use sandbox_rt::Holds;

#[derive(Holds)]
struct Empty;

#[derive(Holds)]
struct Name {
    #[holds(skip)]
    name: String,
}

fn main() {}
