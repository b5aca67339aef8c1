//! Linux: rtnetlink(7).

use std::io;
use std::net::IpAddr;
use std::thread;
use std::time::Duration;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressMessage, CacheInfo};
use netlink_packet_route::link::{LinkAttribute, LinkFlags, LinkLayerType, LinkMessage};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};

use crate::frame::Mac;
use crate::lease::Lease;
use crate::link::Interface;

/// Routes of two clients are kept apart by their metric: this plus the interface's number.
const METRIC: u32 = 1000;

/// How often is looked whether an interface has a link, and how long is waited in between: three seconds in all.
const LINK_LOOKS: u32 = 150;
const LINK_PAUSE: Duration = Duration::from_millis(20);

/// The kernel's configuration of networks.
#[derive(Debug)]
pub(crate) struct Network {
    socket: Socket,
}

impl Network {
    /// # Errors
    ///
    /// What the system says to a netlink socket.
    pub(crate) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Self { socket })
    }

    /// Looks an interface up.
    ///
    /// # Errors
    ///
    /// If there is none of this name, or it is no Ethernet.
    pub(crate) fn interface(&mut self, name: &str) -> io::Result<Interface> {
        let link = self.link(name)?;
        let mac = link.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::Address(address) => <[u8; 6]>::try_from(address.as_slice()).ok(),
            _ => None,
        });
        match mac {
            Some(mac) if link.header.link_layer_type == LinkLayerType::Ether => {
                Ok(Interface { name: name.to_owned(), index: link.header.index, mac: Mac(mac) })
            }
            _ => Err(io::Error::new(io::ErrorKind::Unsupported, "it is no Ethernet interface")),
        }
    }

    /// Switches an interface on, and waits a moment for its link: until then the kernel drops what is sent. Where there is
    /// none it may come later.
    ///
    /// # Errors
    ///
    /// What the kernel says.
    pub(crate) fn bring_up(&mut self, interface: &Interface) -> io::Result<()> {
        let mut message = LinkMessage::default();
        message.header.index = interface.index;
        message.header.flags = LinkFlags::Up;
        message.header.change_mask = LinkFlags::Up;
        self.request(RouteNetlinkMessage::SetLink(message), 0)?;
        for _ in 0..LINK_LOOKS {
            if self.link(&interface.name)?.header.flags.contains(LinkFlags::LowerUp | LinkFlags::Running) {
                break;
            }
            thread::sleep(LINK_PAUSE);
        }
        Ok(())
    }

    /// Gives an interface the address and the default route of a lease, or extends their time. The kernel takes the
    /// address away when the lease is over, whatever becomes of this program.
    ///
    /// # Errors
    ///
    /// What the kernel says.
    pub(crate) fn assign(&mut self, interface: &Interface, lease: &Lease) -> io::Result<()> {
        let mut address = address(interface, lease);
        let mut times = CacheInfo::default();
        // 2^32-1 is for ever here as well.
        (times.ifa_preferred, times.ifa_valid) = (lease.times.expire, lease.times.expire);
        address.attributes.push(AddressAttribute::Broadcast(lease.broadcast()));
        address.attributes.push(AddressAttribute::CacheInfo(times));
        self.request(RouteNetlinkMessage::NewAddress(address), NLM_F_CREATE | NLM_F_REPLACE)?;
        for route in routes(interface, lease) {
            self.request(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE | NLM_F_REPLACE)?;
        }
        Ok(())
    }

    /// Takes the address and the route of a lease away.
    ///
    /// # Errors
    ///
    /// What the kernel says, unless they are gone already.
    pub(crate) fn withdraw(&mut self, interface: &Interface, lease: &Lease) -> io::Result<()> {
        for route in routes(interface, lease).into_iter().rev() {
            gone(self.request(RouteNetlinkMessage::DelRoute(route), 0))?;
        }
        gone(self.request(RouteNetlinkMessage::DelAddress(address(interface, lease)), 0))
    }

    fn link(&mut self, name: &str) -> io::Result<LinkMessage> {
        let mut message = LinkMessage::default();
        message.attributes = vec![LinkAttribute::IfName(name.to_owned())];
        let answers = self.request(RouteNetlinkMessage::GetLink(message), 0)?;
        let link = answers.into_iter().find_map(|answer| match answer {
            RouteNetlinkMessage::NewLink(link) => Some(link),
            _ => None,
        });
        link.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Makes one request and gives what comes before its acknowledgement.
    fn request(&mut self, message: RouteNetlinkMessage, flags: u16) -> io::Result<Vec<RouteNetlinkMessage>> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        let mut answers = Vec::new();
        loop {
            let (datagram, _) = self.socket.recv_from_full()?;
            let mut rest = datagram.as_slice();
            while !rest.is_empty() {
                let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
                let length = usize::try_from(message.header.length).unwrap_or(usize::MAX).next_multiple_of(4);
                rest = rest.get(length..).unwrap_or_default();
                match message.payload {
                    NetlinkPayload::Error(error) if error.code.is_none() => return Ok(answers),
                    NetlinkPayload::Error(error) => return Err(error.to_io()),
                    NetlinkPayload::InnerMessage(answer) => answers.push(answer),
                    _ => {}
                }
            }
        }
    }
}

fn address(interface: &Interface, lease: &Lease) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.prefix_len = lease.prefix;
    message.header.index = interface.index;
    let address = IpAddr::V4(lease.address);
    message.attributes = vec![AddressAttribute::Local(address), AddressAttribute::Address(address)];
    message
}

/// The default route by way of the first router, and the way to that one where it is no neighbour.
fn routes(interface: &Interface, lease: &Lease) -> Vec<RouteMessage> {
    let Some(router) = lease.routers.first() else { return Vec::new() };
    let mut all = Vec::new();
    if !lease.is_on_link(*router) {
        let mut direct = route(interface, RouteScope::Link);
        direct.header.destination_prefix_length = 32;
        direct.attributes.push(RouteAttribute::Destination(RouteAddress::Inet(*router)));
        all.push(direct);
    }
    let mut default = route(interface, RouteScope::Universe);
    default.attributes.push(RouteAttribute::Gateway(RouteAddress::Inet(*router)));
    all.push(default);
    all
}

fn route(interface: &Interface, scope: RouteScope) -> RouteMessage {
    let mut message = RouteMessage::default();
    message.header.address_family = AddressFamily::Inet;
    message.header.table = RouteHeader::RT_TABLE_MAIN;
    message.header.protocol = RouteProtocol::Dhcp;
    message.header.scope = scope;
    message.header.kind = RouteType::Unicast;
    message.attributes = vec![RouteAttribute::Oif(interface.index), RouteAttribute::Priority(METRIC + interface.index)];
    message
}

/// What is gone need not be taken away.
fn gone<T>(outcome: io::Result<T>) -> io::Result<()> {
    match outcome {
        Err(error) if matches!(error.raw_os_error(), Some(libc::EADDRNOTAVAIL | libc::ESRCH | libc::ENODEV)) => Ok(()),
        other => other.map(drop),
    }
}
