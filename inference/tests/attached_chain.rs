//! A worker's view of a node over WebSocket, against a node that knows just enough.

use codec::Encode;
use futures::StreamExt;
use hanzo_inference::client::connection::Header;
use hanzo_inference::client::{Account, ClientError, Connection};
use hanzo_inference::hash::blake2_256;
use hanzo_inference::worker::attach::SubxtChain;
use hanzo_inference::worker::chain::{Chain, ChainError, Head};
use jsonrpsee::server::{RpcModule, Server, ServerHandle};
use jsonrpsee::types::ErrorObject;
use jsonrpsee::SubscriptionMessage;
use sp_core::H256;
use std::net::SocketAddr;
use std::time::Duration;

/// A blob that the node gives under its hash, and one that it gives under a wrong one.
const BLOB: &[u8] = b"Q: 3 plus 4";

struct Node {
    handle: ServerHandle,
    address: SocketAddr,
}

impl Node {
    async fn start(address: &str, genesis: H256) -> Self {
        let server = Server::builder().build(address).await.unwrap();
        let address = server.local_addr().unwrap();
        Self { handle: server.start(module(genesis)), address }
    }

    fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Ends it and all its connections.
    async fn stop(self) {
        self.handle.stop().unwrap();
        self.handle.stopped().await;
    }
}

fn header(number: u32) -> Header {
    Header {
        parent_hash: H256::zero(),
        number,
        state_root: H256::zero(),
        extrinsics_root: H256::zero(),
        digest: Default::default(),
    }
}

fn module(genesis: H256) -> RpcModule<()> {
    let mut module = RpcModule::new(());
    module.register_method("chain_getBlockHash", move |_, _, _| Ok::<_, ErrorObject>(genesis)).unwrap();
    module
        .register_method("blob_get", |params, _, _| {
            let hash: H256 = params.sequence().next()?;
            match hash {
                hash if hash == blake2_256(BLOB) || hash == H256::repeat_byte(1) => {
                    Ok(format!("0x{}", hex::encode(BLOB)))
                }
                _ => Err(ErrorObject::owned(20_502, "no peer has it", None::<()>)),
            }
        })
        .unwrap();
    // Slot length, epoch length, c, authorities, randomness, allowed slots.
    let babe = (1_500u64, 300u64, (1u64, 4u64), vec![([1u8; 32], 1u64)], [2u8; 32], 1u8).encode();
    module
        .register_method("state_call", move |params, _, _| {
            let (method, _, _): (String, String, H256) = params.parse()?;
            match method.as_str() {
                "BabeApi_configuration" => Ok(format!("0x{}", hex::encode(&babe))),
                _ => Err(ErrorObject::owned(4_003, format!("no method {method}"), None::<()>)),
            }
        })
        .unwrap();
    module.register_method("chain_getFinalizedHead", |_, _, _| Ok::<_, ErrorObject>(header(6).hash())).unwrap();
    module
        .register_method("chain_getHeader", |params, _, _| {
            let hash: H256 = params.one()?;
            Ok::<_, ErrorObject>(Some(header(6)).filter(|header| header.hash() == hash))
        })
        .unwrap();
    module
        .register_subscription(
            "chain_subscribeNewHeads",
            "chain_newHead",
            "chain_unsubscribeNewHeads",
            |_, pending, _, _| async {
                let sink = pending.accept().await?;
                for number in [7, 8] {
                    sink.send(SubscriptionMessage::from_json(&header(number))?).await?;
                }
                sink.closed().await;
                Ok(())
            },
        )
        .unwrap();
    module
}

fn ferdie() -> Account {
    Account::from_suri("//Ferdie").unwrap()
}

#[tokio::test]
async fn connection_should_be_refused_with_both_hashes_when_the_genesis_is_another() {
    let node = Node::start("127.0.0.1:0", H256::repeat_byte(5)).await;
    let error = Connection::open(&node.url(), Some(H256::repeat_byte(6))).await.unwrap_err();
    assert!(matches!(error, ClientError::WrongChain { .. }));
    let text = error.to_string();
    assert!(text.contains("0x0505") && text.contains("0x0606") && text.contains(&node.url()), "{text}");
    Connection::open(&node.url(), Some(H256::repeat_byte(5))).await.unwrap();
}

#[tokio::test]
async fn attached_chain_should_follow_blocks_again_when_the_node_was_restarted() {
    let genesis = H256::repeat_byte(5);
    let node = Node::start("127.0.0.1:0", genesis).await;
    let (url, address) = (node.url(), node.address.to_string());
    let chain = SubxtChain::connect(&url, ferdie(), None).await.unwrap();
    let mut blocks = chain.blocks().await.unwrap();
    let first = blocks.next().await.unwrap();
    assert_eq!((first.number, first.hash), (7, header(7).hash()));
    assert_eq!(blocks.next().await.unwrap().number, 8);

    node.stop().await;
    assert_eq!(blocks.next().await, None, "the stream ends with the connection");
    assert!(matches!(chain.blocks().await.err(), Some(ChainError::Unavailable(_))));

    let node = Node::start(&address, genesis).await;
    assert_eq!(chain.blocks().await.unwrap().next().await.unwrap().number, 7);
    node.stop().await;
}

#[tokio::test]
async fn attached_chain_should_refuse_the_node_when_it_came_back_on_another_chain() {
    let node = Node::start("127.0.0.1:0", H256::repeat_byte(5)).await;
    let (url, address) = (node.url(), node.address.to_string());
    let chain = SubxtChain::connect(&url, ferdie(), None).await.unwrap();
    node.stop().await;
    let node = Node::start(&address, H256::repeat_byte(6)).await;
    let (expected, found) = (H256::repeat_byte(5), H256::repeat_byte(6));
    let error = chain.blocks().await.err();
    assert_eq!(error, Some(ChainError::WrongChain { node: url, expected, found }));
    node.stop().await;
}

#[tokio::test]
async fn blob_should_be_checked_by_hash_and_length_when_fetched() {
    let node = Node::start("127.0.0.1:0", H256::zero()).await;
    let chain = SubxtChain::connect(&node.url(), ferdie(), None).await.unwrap();
    let hash = blake2_256(BLOB);
    assert_eq!(chain.fetch_blob(hash, BLOB.len() as u32).await.unwrap(), BLOB);
    let length = chain.fetch_blob(hash, 12).await.unwrap_err();
    assert!(matches!(&length, ChainError::Refused(text) if text.contains("11 bytes, the job says 12")), "{length}");
    let wrong = chain.fetch_blob(H256::repeat_byte(1), 11).await.unwrap_err();
    assert!(matches!(&wrong, ChainError::Refused(text) if text.contains("bytes of hash")), "{wrong}");
    let missing = chain.fetch_blob(H256::repeat_byte(2), 11).await.unwrap_err();
    assert!(matches!(&missing, ChainError::BlobMissing { reason, .. } if reason == "no peer has it"), "{missing}");
    node.stop().await;
}

#[tokio::test]
async fn block_time_should_be_the_length_of_a_slot() {
    let node = Node::start("127.0.0.1:0", H256::zero()).await;
    let chain = SubxtChain::connect(&node.url(), ferdie(), None).await.unwrap();
    assert_eq!(chain.block_time(H256::zero()).await, Ok(Duration::from_millis(1_500)));
    node.stop().await;
}

#[tokio::test]
async fn finalized_block_should_have_its_number_and_hash() {
    let node = Node::start("127.0.0.1:0", H256::zero()).await;
    let chain = SubxtChain::connect(&node.url(), ferdie(), None).await.unwrap();
    assert_eq!(chain.finalized().await, Ok(Head { number: 6, hash: header(6).hash() }));
    node.stop().await;
}
