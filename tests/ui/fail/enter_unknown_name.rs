use sandbox_rt::enter;

fn main() {
    enter!(fds(input = read));
}
