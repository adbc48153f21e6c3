//! Ports that must be free before the node starts.

use sc_service::{config::RpcConfiguration, Error};
use std::net::TcpListener;

/// Refuses to start when an RPC address is taken.
///
/// The SDK would move to a random port where the user named none, and clients would silently talk to whichever node
/// took the port first.
pub fn claim_rpc(rpc: &mut RpcConfiguration) -> Result<(), Error> {
    for endpoint in rpc.addr.iter_mut().flatten() {
        endpoint.retry_random_port = false;
        if endpoint.is_optional {
            continue;
        }
        let address = endpoint.listen_addr;
        TcpListener::bind(address).map_err(|error| {
            Error::Other(format!(
                "RPC cannot listen on {address}: {error}; stop the program that uses the port, or choose another with \
                 --rpc-port"
            ))
        })?;
    }
    Ok(())
}
