//! The best chain, block by block, reorganisations included.

use super::connection::{Connection, Header};
use super::error::{ClientError, Result};
use super::events::Located;
use futures::stream::BoxStream;
use futures::StreamExt;
use sp_core::H256;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a lost connection is tried again.
const RECONNECT_TIMES: u32 = 60;
/// Pause between the attempts.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// A block of the best chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u32,
    /// Its hash.
    pub hash: H256,
    /// Hash of the block before.
    pub parent: H256,
    /// What happened in it, as far as it matters to jobs.
    pub events: Vec<Located>,
    /// Place in it of the transaction that is looked for.
    pub wanted: Option<u32>,
}

/// Follows the best chain from a block on.
pub struct Follower {
    connection: Connection,
    heads: BoxStream<'static, Header>,
    from: u32,
    /// A transaction to look for, as bytes.
    wanted: Option<Vec<u8>>,
    blocks: Blocks,
}

impl Follower {
    /// From block `from` on, which may be in the past as long as the node has its state.
    pub async fn new(connection: Connection, from: u32, wanted: Option<Vec<u8>>) -> Result<Self> {
        let heads = connection.heads().await?;
        Ok(Self { connection, heads, from, wanted, blocks: Blocks::default() })
    }

    /// The connection in use; another one after a reconnection.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Waits for the next best block and takes in what it brings. Lost connections are restored.
    pub async fn advance(&mut self) -> Result<()> {
        loop {
            match self.heads.next().await {
                Some(head) => match self.take(head).await {
                    Err(ClientError::Lost { .. }) => self.reconnect().await?,
                    done => return done,
                },
                None => self.reconnect().await?,
            }
        }
    }

    /// The best chain as far as it is known, oldest block first.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> {
        self.blocks.0.values()
    }

    async fn take(&mut self, head: Header) -> Result<()> {
        let mut new = vec![head];
        while let Some(parent) = new.last().and_then(|oldest| self.blocks.missing_before(oldest, self.from)) {
            new.push(self.connection.header(parent).await?);
        }
        for header in new.into_iter().rev().filter(|header| header.number >= self.from) {
            let block = self.load(&header).await?;
            self.blocks.push(block);
        }
        Ok(())
    }

    async fn load(&self, header: &Header) -> Result<Block> {
        let hash = header.hash();
        let wanted = match &self.wanted {
            Some(bytes) => self.connection.transactions(hash).await?.iter().position(|other| other == bytes),
            None => None,
        };
        Ok(Block {
            number: header.number,
            hash,
            parent: header.parent_hash,
            events: self.connection.events(header).await?,
            wanted: wanted.and_then(|place| u32::try_from(place).ok()),
        })
    }

    async fn reconnect(&mut self) -> Result<()> {
        let (node, genesis) = (self.connection.node().to_string(), self.connection.genesis());
        let mut attempts = 0;
        loop {
            attempts += 1;
            let opened = match Connection::open(&node, Some(genesis)).await {
                Ok(connection) => connection.heads().await.map(|heads| (connection, heads)),
                Err(error) => Err(error),
            };
            match opened {
                Ok((connection, heads)) => {
                    tracing::info!(node, "connected again");
                    (self.connection, self.heads) = (connection, heads);
                    return Ok(());
                }
                Err(error @ ClientError::Lost { .. }) if attempts < RECONNECT_TIMES => {
                    tracing::warn!(%error, "trying again");
                    tokio::time::sleep(RECONNECT_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Blocks of one chain without gaps, by number.
#[derive(Default)]
struct Blocks(BTreeMap<u32, Block>);

impl Blocks {
    /// Hash of the block before this one, if it is still to be fetched.
    fn missing_before(&self, header: &Header, from: u32) -> Option<H256> {
        let parent = header.number.checked_sub(1).filter(|parent| *parent >= from)?;
        let known = self.0.get(&parent).is_some_and(|block| block.hash == header.parent_hash);
        (!known).then_some(header.parent_hash)
    }

    /// Puts a block on its parent, in place of whatever stood there.
    fn push(&mut self, block: Block) {
        self.0.split_off(&block.number);
        self.0.insert(block.number, block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(number: u32, parent: H256) -> Header {
        let parts = (H256::zero(), H256::zero());
        Header {
            parent_hash: parent,
            number,
            state_root: parts.0,
            extrinsics_root: parts.1,
            digest: Default::default(),
        }
    }

    fn block(header: &Header) -> Block {
        let (number, hash, parent) = (header.number, header.hash(), header.parent_hash);
        Block { number, hash, parent, events: vec![], wanted: None }
    }

    #[test]
    fn blocks_should_ask_for_parents_until_one_is_known_or_the_start_is_reached() {
        let mut blocks = Blocks::default();
        let five = header(5, H256::repeat_byte(4));
        assert_eq!(blocks.missing_before(&five, 5), None);
        assert_eq!(blocks.missing_before(&five, 3), Some(H256::repeat_byte(4)));
        blocks.push(block(&five));
        assert_eq!(blocks.missing_before(&header(6, five.hash()), 3), None);
        assert_eq!(blocks.missing_before(&header(7, H256::repeat_byte(6)), 3), Some(H256::repeat_byte(6)));
        assert_eq!(blocks.missing_before(&header(0, H256::zero()), 0), None);
    }

    #[test]
    fn blocks_should_drop_a_fork_when_a_block_takes_its_place() {
        let mut blocks = Blocks::default();
        let five = header(5, H256::repeat_byte(4));
        let six = header(6, five.hash());
        let seven = header(7, six.hash());
        for header in [&five, &six, &seven] {
            blocks.push(block(header));
        }
        let mut other = header(6, five.hash());
        other.state_root = H256::repeat_byte(9);
        assert_eq!(blocks.missing_before(&other, 5), None);
        blocks.push(block(&other));
        let hashes: Vec<_> = blocks.0.values().map(|block| block.hash).collect();
        assert_eq!(hashes, [five.hash(), other.hash()]);
    }
}
