"""Balances as the chain's state has them, read without any of the project's programs: storage keys are made here and the
bytes decoded here. scripts/demo.py holds a job's report against them."""

import hashlib

# twox128 of pallet and item, as every Substrate chain has them.
_SYSTEM_ACCOUNT = "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9"
_BALANCES_ISSUANCE = "c2261276cc9d1f8598ea4b6a74b15c2f57c875e4cff74148e4628f264b974c80"
_ASSETS_ACCOUNT = "682a59d51ab9e48a8c8cc418ff9708d2b99d880ec681799c0cf30e8886371da9"

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
CLASSES = ("gpu", "vram", "cpu", "ram", "net", "disk")


def public_key(address):
    """The 32 bytes behind an SS58 address of a chain whose prefix is below 64. Its checksum is verified."""
    number = 0
    for letter in address:
        number = number * 58 + _BASE58.index(letter)
    raw = number.to_bytes(35, "big")
    if hashlib.blake2b(b"SS58PRE" + raw[:33]).digest()[:2] != raw[33:]:
        raise ValueError(f"{address} is not an address: its checksum is wrong")
    return raw[1:33]


def module_account(name, sub=b""):
    """Account of a pallet, or of one of its parts, for which nobody has a key."""
    return (b"modl" + name + sub).ljust(32, b"\0")


def pool_account(name, tier):
    return module_account(b"hanzohmm", bytes([CLASSES.index(name), tier]))


ESCROW = module_account(b"hanzojob")
TREASURY = module_account(b"py/trsry")
AUDIT_POT = module_account(b"hanzopot")


def asset_id(name, tier):
    """Number of a resource token."""
    return 1000 + 8 * tier + CLASSES.index(name)


def _hashed(key):
    return (hashlib.blake2b(key, digest_size=16).digest() + key).hex()


def _u128(raw, offset):
    return int.from_bytes(raw[offset : offset + 16], "little")


class Ledger:
    """The state after one block."""

    def __init__(self, call, block):
        """`call(method, *parameters)` does JSON-RPC; `block` is a hash."""
        self._call, self._block = call, block

    def _read(self, key):
        value = self._call("state_getStorage", "0x" + key, self._block)
        return bytes.fromhex(value[2:]) if value else None

    def credits(self, account):
        """All $AI of an account, free and held, wei."""
        raw = self._read(_SYSTEM_ACCOUNT + _hashed(account))
        # Four counters of four bytes come first, then what is free and what is held.
        return _u128(raw, 16) + _u128(raw, 32) if raw else 0

    def issuance(self):
        """All $AI there is, wei."""
        return _u128(self._read(_BALANCES_ISSUANCE), 0)

    def tokens(self, asset, account):
        """An account's balance of an asset, wei."""
        raw = self._read(_ASSETS_ACCOUNT + _hashed(asset.to_bytes(4, "little")) + _hashed(account))
        return _u128(raw, 0) if raw else 0


def audit(report, call, author):
    """Holds a settled job's report against the balances before and after its submission, its attestation and its end. Returns what differs.

    `author` is the account that receives transaction fees."""
    wrong = []
    blocks, credits = report["blocks"], report["credits"]
    client, worker = public_key(report["client"]), public_key(report["worker"])

    def same(what, moved, reported):
        if moved != reported:
            wrong.append(f"{what}: the balance moved by {moved} wei, the report says {reported}")

    def change(before, after, read):
        return read(Ledger(call, after)) - read(Ledger(call, before))

    def part(trades, key):
        return sum(int(trade["fee"][key]) for trade in trades)

    def phase(when, before, after, trades, sign, parties, tokens):
        """`sign` is +1 where credits enter the pools. `parties` and `tokens`: what each account should have gained."""
        moved = 0
        for who, account, gain in parties:
            delta = change(before, after, lambda ledger: ledger.credits(account))
            same(f"credits of {who} at {when}", delta, gain)
            moved += delta
        treasury = change(before, after, lambda ledger: ledger.credits(TREASURY))
        same(f"treasury at {when}", treasury, part(trades, "treasury"))
        moved += treasury
        for line in report["tokens"]:
            name, tier = line["class"], line["tier"]
            here = [trade for trade in trades if (trade["class"], trade["tier"]) == (name, tier)]
            pool, asset = pool_account(name, tier), asset_id(name, tier)
            theta = sum(int(trade["theta"]) for trade in here)
            kept = part(here, "treasury") + part(here, "burned")
            delta = change(before, after, lambda ledger: ledger.credits(pool))
            same(f"credits of the {name} pool at {when}", delta, sign * theta - kept)
            moved += delta
            psi = sum(int(trade["psi"]) for trade in here)
            same(
                f"{name} tokens of the pool at {when}",
                change(before, after, lambda ledger: ledger.tokens(asset, pool)),
                -sign * psi,
            )
            for who, account, gain in tokens(line):
                delta = change(before, after, lambda ledger: ledger.tokens(asset, account))
                same(f"{name} tokens of {who} at {when}", delta, gain)
        burned = -change(before, after, Ledger.issuance)
        same(f"all credits at {when}, every account's change summed", -moved, burned)
        return burned

    fee = int(credits["transactionFee"])
    paid = int(credits["purchase"]["paid"])
    start = [blocks[key]["hash"] for key in ("before", "submitted")]
    # The author has the fee but for the part of it that is burned.
    reward = change(*start, lambda ledger: ledger.credits(author))
    burned = phase(
        "submission",
        *start,
        report["purchases"],
        +1,
        [("the client", client, -paid - fee), ("the author", author, reward)],
        lambda line: [("the escrow", ESCROW, int(line["escrow"])), ("the client", client, -int(line["held"]))],
    )
    same("burned at submission", burned, part(report["purchases"], "burned") + fee - reward)
    if not 0 <= reward <= fee:
        wrong.append(f"the author of block {blocks['submitted']['number']} gained {reward} wei from a fee of {fee}")

    attested = blocks["attested"]["hash"]
    audit_fee = int(credits["auditFee"])
    phase(
        "the attestation",
        call("chain_getHeader", attested)["parentHash"],
        attested,
        [],
        0,
        [("the client", client, -audit_fee), ("the audit pot", AUDIT_POT, audit_fee)],
        lambda line: [],
    )

    ended = blocks["ended"]["hash"]
    sales = report["workerSales"] + report["clientSales"]
    burned = phase(
        "the end",
        call("chain_getHeader", ended)["parentHash"],
        ended,
        sales,
        -1,
        [("the worker", worker, int(credits["toWorker"])), ("the client", client, int(credits["refunded"]))],
        lambda line: [
            ("the escrow", ESCROW, -int(line["escrow"])),
            ("the worker", worker, int(line["earned"]) - int(line["earnedSold"])),
            ("the client", client, int(line["returned"]) - int(line["returnedSold"])),
        ],
    )
    same("burned at the end", burned, part(sales, "burned"))
    return wrong
