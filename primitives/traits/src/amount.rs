//! Amounts as RPC clients read them.

use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

/// A `u128` that JSON carries as a decimal string, since JavaScript numbers lose digits beyond 2⁵³. On the wire of the
/// runtime APIs it is a plain `u128`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, MaxEncodedLen, TypeInfo, derive_more::From,
    derive_more::Into, derive_more::Display,
)]
pub struct Amount(pub u128);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Accepts a decimal string or a JSON number that fits 64 bits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(u64),
            Text(alloc::string::String),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(Self(number.into())),
            Either::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| D::Error::custom(alloc::format!("'{text}' is not a whole number of wei below 2^128"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_should_keep_every_digit_in_json() {
        let json = serde_json::to_string(&Amount(u128::MAX)).unwrap();
        assert_eq!(json, format!("\"{}\"", u128::MAX));
        assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), Amount(u128::MAX));
        assert_eq!(serde_json::from_str::<Amount>("17").unwrap(), Amount(17));
    }

    #[test]
    fn amount_should_be_refused_when_not_a_whole_number() {
        for text in ["\"1.5\"", "\"-1\"", "\"\"", "1.5", "\"340282366920938463463374607431768211456\""] {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
    }
}
