use sandbox_rt::Holds;

#[derive(Holds)]
union Either {
    a: u32,
    b: f32,
}

fn main() {}
