//! Lines, and what cannot break them.

use std::time::Duration;

use super::{Line, Style, describe, samples};
use crate::packet::{Link, Packet};

const STYLES: [Style; 4] = [
    Style { link: false, verbose: false },
    Style { link: true, verbose: false },
    Style { link: false, verbose: true },
    Style { link: true, verbose: true },
];

const LINKS: [Link; 8] =
    [Link::ETHERNET, Link::NULL, Link::LOOP, Link::RAW, Link::IPV4, Link::IPV6, Link::LINUX_SLL, Link::LINUX_SLL2];

fn line(kind: Link, data: &[u8], length: usize, style: Style) -> String {
    let length = u32::try_from(length).expect("short");
    let mut line = Line::default();
    let network = describe(&Packet { link: kind, time: Duration::ZERO, length, data }, style, &mut line);
    assert!(network <= data.len(), "{network} of {}", data.len());
    line.as_str().to_owned()
}

/// A line in every style, none of which may panic or hold anything but printable text.
fn sound(link: Link, data: &[u8], length: usize) {
    for style in STYLES {
        let text = line(link, data, length, style);
        assert!(text.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ' || letter == '\n'), "{text:?}");
        assert!(text.len() < 8192, "{} bytes", text.len());
    }
}

#[test]
fn each_kind_has_its_line() {
    for (packet, expected) in samples::all() {
        assert_eq!(line(Link::ETHERNET, &packet, packet.len(), STYLES[0]), expected);
    }
}

#[test]
fn the_other_links_lead_to_the_same_line() {
    let [(packet, expected), ..] = &samples::all()[..] else { panic!("samples") };
    let ip = &packet[14..];
    let behind = |header: &[u8]| [header, ip].concat();
    let sll = [&[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], &[8, 0]].concat();
    let sll2 = [&[8, 0, 0, 0][..], &[0; 4], &[0, 1, 4, 6], &[2, 0, 0, 0, 0, 1, 0, 0]].concat();
    for (link, header) in [
        (Link::RAW, &[][..]),
        (Link::IPV4, &[]),
        (Link::NULL, &[2, 0, 0, 0]),
        (Link::NULL, &[0, 0, 0, 2]),
        (Link::LOOP, &[0, 0, 0, 2]),
        (Link::LINUX_SLL, &sll),
        (Link::LINUX_SLL2, &sll2),
    ] {
        let bytes = behind(header);
        assert_eq!(line(link, &bytes, bytes.len(), STYLES[0]), *expected, "{link}");
    }
    let bytes = behind(&sll);
    let text = line(Link::LINUX_SLL, &bytes, bytes.len(), STYLES[1]);
    assert!(text.starts_with("Out 02:00:00:00:00:01 ethertype IPv4 (0x0800), length 76: 10.0.0.1.40000 >"), "{text}");
}

#[test]
fn verbose_lines_have_checksums() {
    for (packet, expected) in samples::all() {
        let text = line(Link::ETHERNET, &packet, packet.len(), STYLES[3]);
        let good = match expected {
            _ if text.contains("offset 1480") => "offset 1480",
            tcp if tcp.contains("Flags") => "(correct)",
            udp if udp.contains("UDP") || udp.contains("example") || udp.contains("BOOTP") => "[udp sum ok]",
            _ => "",
        };
        assert!(text.contains(good), "{text}");
        let mut changed = packet.clone();
        let last = changed.len() - 1;
        changed[last] ^= 1;
        let text = line(Link::ETHERNET, &changed, changed.len(), STYLES[3]);
        assert!(good.len() < 4 || good.starts_with("offset") || !text.contains(good), "{text}");
    }
    let (offer, _) = &samples::all()[11];
    let text = line(Link::ETHERNET, offer, offer.len(), STYLES[2]);
    assert!(text.ends_with(", xid 0xabcd, Your-IP 10.0.0.1, DHCP Offer, server 10.0.0.2, lease 3600 s"), "{text}");
}

#[test]
fn what_was_cut_off_and_what_is_wrong_are_told_apart() {
    let [(syn, _), ..] = &samples::all()[..] else { panic!("samples") };
    let cut = line(Link::ETHERNET, &syn[..40], syn.len(), STYLES[0]);
    assert_eq!(cut, "IP 10.0.0.1.40000 > 10.0.0.2.80: [|tcp]");
    let short = line(Link::ETHERNET, &syn[..40], 40, STYLES[0]);
    assert!(short.starts_with("IP truncated-ip - 34 bytes missing! 10.0.0.1.40000 > 10.0.0.2.80: [|tcp]"), "{short}");
    let mut wrong = syn.clone();
    wrong[46] = 0x10;
    let wrong = line(Link::ETHERNET, &wrong, wrong.len(), STYLES[0]);
    assert!(wrong.contains("[malformed tcp: "), "{wrong}");
}

#[test]
fn no_truncation_is_too_much() {
    for (packet, _) in samples::all() {
        for link in LINKS {
            for end in 0..=packet.len() {
                sound(link, &packet[..end], packet.len());
                sound(link, &packet[..end], end);
            }
        }
    }
}

#[test]
fn no_byte_is_too_odd() {
    for (packet, _) in samples::all() {
        for place in 0..packet.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, packet[place] ^ 1, packet[place] ^ 0x80] {
                let mut changed = packet.clone();
                changed[place] = value;
                sound(Link::ETHERNET, &changed, changed.len());
            }
        }
    }
}

#[test]
fn a_tower_of_tags_ends() {
    let mut packet = vec![0; 12];
    for _ in 0..1000 {
        packet.extend_from_slice(&[0x81, 0x00, 0x00, 0x01]);
    }
    sound(Link::ETHERNET, &packet, packet.len());
}

#[test]
fn names_that_point_at_themselves_end() {
    let mut packet = samples::all().swap_remove(9).0;
    // The question's name is a pointer to itself.
    let question = 14 + 20 + 8 + 12;
    packet[question..question + 2].copy_from_slice(&[0xc0, 12]);
    let text = line(Link::ETHERNET, &packet, packet.len(), STYLES[0]);
    assert!(text.contains("[malformed domain: "), "{text}");
}
