//! A look at a GGUF header before Candle reads it: Candle divides by the alignment that a file states, whatever it is.

/// Deepest nesting of arrays looked into; Candle refuses more.
const DEEPEST: usize = 64;

/// The alignment that Candle would take from a file's metadata: the last `general.alignment` of a small integer type.
/// `None` where there is none, or where the header is damaged before its end, which Candle reports.
pub(super) fn alignment(file: &[u8]) -> Option<u64> {
    let mut header = Header { rest: file.strip_prefix(b"GGUF")?, wide: false };
    header.wide = header.u32()? > 1;
    let (_tensors, entries) = (header.length()?, header.length()?);
    let mut alignment = None;
    for _ in 0..entries {
        let key = header.string()?;
        let kind = header.u32()?;
        let value = header.value(kind, 0)?;
        // Candle drops trailing zeros of every string.
        if trimmed(key) == b"general.alignment" && kind <= 5 {
            alignment = Some(number(value));
        }
    }
    alignment
}

struct Header<'a> {
    rest: &'a [u8],
    /// Whether lengths take eight bytes: all versions but the first.
    wide: bool,
}

impl<'a> Header<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        let bytes = self.take(if self.wide { 8 } else { 4 })?;
        usize::try_from(number(bytes)).ok()
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    /// The bytes of a number, a string or a flag; nothing for an array, which is passed over.
    fn value(&mut self, kind: u32, depth: usize) -> Option<&'a [u8]> {
        match kind {
            0 | 1 | 7 => self.take(1),
            2 | 3 => self.take(2),
            4..=6 => self.take(4),
            8 => self.string(),
            9 if depth < DEEPEST => {
                let (kind, length) = (self.u32()?, self.length()?);
                // Every element takes at least a byte, so a false length soon runs out of file.
                for _ in 0..length {
                    self.value(kind, depth + 1)?;
                }
                Some(&[])
            }
            10..=12 => self.take(8),
            _ => None,
        }
    }
}

/// A string without the zeros at its end.
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., 0] = text {
        text = rest;
    }
    text
}

/// A little-endian number.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
