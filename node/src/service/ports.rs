//! Ports that must be free before the node starts.
//!
//! Left alone, the SDK moves RPC to a random port where the user named none, so that clients silently talk to whichever
//! node took the port first; it goes on without metrics, and without anybody being able to connect to it.

use sc_network::multiaddr::{Multiaddr, Protocol};
use sc_service::{Configuration, Error};
use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr, TcpListener},
};

/// Refuses to start when an address for RPC, peers or Prometheus is taken.
pub fn claim(config: &mut Configuration) -> Result<(), Error> {
    for endpoint in config.rpc.addr.iter_mut().flatten() {
        endpoint.retry_random_port = false;
        if !endpoint.is_optional {
            probe("RPC", "--rpc-port", endpoint.listen_addr)?;
        }
    }
    for address in config.network.listen_addresses.iter().filter_map(tcp) {
        probe("p2p", "--port (or --listen-addr, where it was given)", address)?;
    }
    if let Some(prometheus) = &config.prometheus_config {
        probe("Prometheus", "--prometheus-port", prometheus.port)?;
    }
    Ok(())
}

/// Listens on an address for a moment.
fn probe(what: &str, option: &str, address: SocketAddr) -> Result<(), Error> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        // All addresses of a family that this machine does not have: the other family's are enough.
        Err(error) if address.ip().is_unspecified() && address.is_ipv6() && error.kind() != ErrorKind::AddrInUse => {
            log::debug!("{what} will not listen on {address}: {error}");
            Ok(())
        }
        Err(error) => Err(Error::Other(format!(
            "{what} cannot listen on {address}: {error}; stop the program that uses port {}, or choose another with \
             {option}",
            address.port()
        ))),
    }
}

/// Where a p2p address listens for TCP, if it does.
fn tcp(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(SocketAddr::new(ip, port)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probe_should_name_what_wants_the_port_and_the_option_when_it_is_taken() {
        let holder = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = holder.local_addr().unwrap();
        let text = probe("Prometheus", "--prometheus-port", address).unwrap_err().to_string();
        for part in ["Prometheus", &address.to_string(), "--prometheus-port"] {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
        drop(holder);
        probe("Prometheus", "--prometheus-port", address).unwrap();
    }

    #[test]
    fn tcp_should_be_found_in_p2p_addresses_that_have_it() {
        let found = |text: &str| tcp(&text.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(found("/ip4/127.0.0.1/tcp/30333").as_deref(), Some("127.0.0.1:30333"));
        assert_eq!(found("/ip6/::/tcp/30334/ws").as_deref(), Some("[::]:30334"));
        assert_eq!(found("/memory/7"), None);
        assert_eq!(found("/ip4/127.0.0.1/udp/30333/quic-v1"), None);
    }
}
