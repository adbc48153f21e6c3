//! Metrics of a node, as Prometheus reads them.

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The value of the metric called `name` or `name{label="value"}`. The label with the chain's name is left out.
pub async fn read(port: u16, name: &str) -> Result<f64> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    let lines = text.lines().filter_map(|line| line.rsplit_once(' '));
    let found = lines.filter(|(found, _)| without_chain(found) == name).map(|(_, value)| value).next();
    Ok(found.with_context(|| format!("there is no metric {name}"))?.parse()?)
}

fn without_chain(name: &str) -> String {
    let Some((name, labels)) = name.split_once('{') else { return name.into() };
    let labels: Vec<&str> =
        labels.trim_end_matches('}').split(',').filter(|label| !label.starts_with("chain=")).collect();
    match labels.is_empty() {
        true => name.into(),
        false => format!("{name}{{{}}}", labels.join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::without_chain;

    #[test]
    fn chain_label_should_be_left_out() {
        assert_eq!(without_chain("lag{chain=\"hanzo_dev\"}"), "lag");
        assert_eq!(without_chain("open{chain=\"dev\",state=\"accepted\"}"), "open{state=\"accepted\"}");
        assert_eq!(without_chain("price{class=\"gpu\",tier=\"0\"}"), "price{class=\"gpu\",tier=\"0\"}");
    }
}
