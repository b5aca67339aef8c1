//! The algebra of rights.

use proptest::prelude::*;
use sandbox_policy::Rights;
use sandbox_policy::vocabulary::Access;

use crate::rows;

/// A set that some declaration says.
fn rights() -> impl Strategy<Value = Rights> {
    rows().prop_map(|rows| rows.iter().fold(Rights::NONE, |all, row| all.union(row.rights)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn union_and_intersection_are_a_lattice(a in rights(), b in rights(), c in rights()) {
        prop_assert_eq!(a | b, b | a);
        prop_assert_eq!((a | b) | c, a | (b | c));
        prop_assert_eq!(a | a, a);
        prop_assert_eq!(a | Rights::NONE, a);
        prop_assert_eq!(a.intersection(b), b.intersection(a));
        prop_assert_eq!(a.intersection(b | c), a.intersection(b) | a.intersection(c));
        prop_assert_eq!(a.intersection(a | b), a);
    }

    #[test]
    fn contains_is_the_order(a in rights(), b in rights(), c in rights()) {
        prop_assert!(a.contains(a) && a.contains(Rights::NONE));
        prop_assert!((a | b).contains(a) && a.contains(a.intersection(b)));
        prop_assert_eq!(a.contains(b), a | b == a);
        prop_assert_eq!(a.contains(b) && b.contains(a), a == b);
        if a.contains(b) && b.contains(c) {
            prop_assert!(a.contains(c));
        }
        prop_assert_eq!(a.intersects(b), !a.intersection(b).is_empty());
    }

    #[test]
    fn difference_takes_away_and_union_gives_back(a in rights(), b in rights()) {
        prop_assert!(!a.difference(b).intersects(b));
        prop_assert_eq!(a.difference(b) | a.intersection(b), a);
        prop_assert_eq!(a.difference(b) | b, a | b);
    }

    #[test]
    fn what_is_granted_is_closed(a in rights(), b in rights()) {
        let closure = a.granted().fold(Rights::NONE, |all, row| all | row.rights);
        prop_assert_eq!(closure, a);
        for row in a.granted() {
            prop_assert!(row.rights.granted().all(|part| a.contains(part.rights)), "{}", row.name);
        }
        // More rights grant more rows, and ask for at least the same access.
        let wider: Vec<_> = (a | b).granted().map(|row| row.name).collect();
        prop_assert!(a.granted().all(|row| wider.contains(&row.name)));
        let (access, more) = (Access::of(a), Access::of(a | b));
        prop_assert!((!access.read || more.read) && (!access.write || more.write));
    }

    #[test]
    fn bits_are_the_set(a in rights()) {
        prop_assert_eq!(Rights::from_bits(a.bits()), a);
    }
}
