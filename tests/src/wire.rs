//! Cables between nodes that a test can cut: every connection that goes through one ends at once, and no new one is made until it
//! is mended. The nodes at its ends go on, unlike stopped ones.

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Cables that are cut and mended together; whole at first.
pub struct Wire(watch::Sender<bool>);

impl Default for Wire {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Wire {
    /// Lays a cable to a port of this machine, which serves as long as the test runs. Returns the port of the near end.
    pub async fn lay(&self, far: u16) -> Result<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let near = listener.local_addr()?.port();
        let whole = self.0.subscribe();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, far, whole.clone()));
            }
        });
        Ok(near)
    }

    /// Cuts all.
    pub fn cut(&self) {
        self.0.send_replace(false);
    }

    /// Mends all.
    pub fn mend(&self) {
        self.0.send_replace(true);
    }
}

/// Carries bytes both ways until one end closes or the cable is cut.
async fn carry(mut near: TcpStream, far: u16, mut whole: watch::Receiver<bool>) {
    if !*whole.borrow() {
        return;
    }
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", far)).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => {}
        _ = whole.wait_for(|whole| !whole) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Whether a byte sent through the port comes back.
    async fn echoes(stream: &mut TcpStream) -> bool {
        let mut byte = [7];
        stream.write_all(&byte).await.is_ok() && stream.read_exact(&mut byte).await.is_ok()
    }

    #[tokio::test]
    async fn wire_should_carry_nothing_while_it_is_cut() -> Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let far = listener.local_addr()?.port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let wire = Wire::default();
        let near = wire.lay(far).await?;
        let mut old = TcpStream::connect(("127.0.0.1", near)).await?;
        assert!(echoes(&mut old).await);
        wire.cut();
        assert!(!echoes(&mut old).await, "an open connection ends");
        assert!(!echoes(&mut TcpStream::connect(("127.0.0.1", near)).await?).await, "a new one carries nothing");
        wire.mend();
        assert!(echoes(&mut TcpStream::connect(("127.0.0.1", near)).await?).await);
        Ok(())
    }
}
