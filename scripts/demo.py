"""Runs one job on a development chain and checks that every amount adds up. Called by scripts/demo."""

import argparse
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import ledger

# Writes the blocks of a development chain, and so receives the fees.
AUTHOR = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
# Who asks. Not the author, whose balance the fees would blur.
CLIENT = "//Bob"
# Owner of the worker inside a development node.
WORKER = "//Ferdie"


def say(text):
    print(f"\033[1m==>\033[0m {text}", file=sys.stderr, flush=True)


def die(text):
    print(f"\033[31merror:\033[0m {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def rpc(port, method, *parameters):
    """One JSON-RPC call over HTTP."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        answer = json.load(response)
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error']['message']} {answer['error'].get('data', '')}")
    return answer["result"]


def start_node(options, log_path):
    """Starts the node; nobody has to find it but this machine, so any free port does for p2p."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", options.rpc_port)) == 0:
            die(f"port {options.rpc_port} is taken by another program; choose one with --rpc-port")
    command = [os.path.join(options.binaries, "hanzo-node"), "--dev", "--base-path", os.path.dirname(log_path)]
    command += ["--rpc-port", str(options.rpc_port), "--listen-addr", "/ip4/127.0.0.1/tcp/0"]
    command += ["--worker", "--no-mdns", "--no-prometheus"]
    if options.model:
        command += ["--worker-model", options.model]
    with open(log_path, "w") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def wait_for_blocks(node, options, log_path):
    """Waits for the node's third block: by then the worker has seen the chain."""
    deadline = time.monotonic() + 90
    while True:
        if node.poll() is not None:
            with open(log_path) as log:
                die(f"the node exited with status {node.returncode}:\n" + "".join(log.readlines()[-15:]))
        try:
            if int(rpc(options.rpc_port, "chain_getHeader")["number"], 16) >= 3:
                return
        except (OSError, RuntimeError):
            pass
        if time.monotonic() > deadline:
            die(f"the node wrote no third block within 90 s; its log is {log_path}")
        time.sleep(0.2)


# What a job on a model of your own pays for where nothing is said, resource-seconds.
DEFAULT_RESOURCES = ["cpu=10", "ram=20", "net=1", "disk=20"]


def has_profile(options):
    """Whether the chain says what the model's jobs take; otherwise the client does."""
    inspect = [os.path.join(options.binaries, "hanzo-worker"), "model", "inspect", options.model, "--json"]
    run = subprocess.run(inspect, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        die(f"{options.model} is not a model that hanzo-worker can run")
    return rpc(options.rpc_port, "jobs_modelProfile", json.loads(run.stdout)["hash"]) is not None


def sell_earnings(options):
    """Has the worker's earnings sold for credits at settlement; it would keep them as resource tokens."""
    command = [os.path.join(options.binaries, "hanzo-worker"), "set-payout", "credits"]
    command += ["--node", f"ws://127.0.0.1:{options.rpc_port}", "--suri", WORKER]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        die(f"the worker's payout was not set (status {run.returncode}): {run.stdout.strip()}")


def submit(options):
    """Submits the job with the worker's client command and follows it to its end."""
    command = [os.path.join(options.binaries, "hanzo-worker"), "job", "submit"]
    command += ["--node", f"ws://127.0.0.1:{options.rpc_port}", "--suri", CLIENT, "--prompt", options.prompt]
    command += ["--max-output-tokens", str(options.max_output_tokens), "--wait", "--json"]
    if options.model:
        command += ["--model", options.model]
        if not has_profile(options):
            for resource in options.resource or DEFAULT_RESOURCES:
                command += ["--resource", resource]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    # 3 is a job that ended otherwise; the report says how.
    if run.returncode not in (0, 3):
        die(f"the job was not settled (status {run.returncode}): {run.stdout.strip()}")
    return json.loads(run.stdout.strip().splitlines()[-1])


def check(report):
    """Adds every amount of the report up again. Returns what differs."""
    wrong = []

    def equal(what, left, right):
        if left != right:
            wrong.append(f"{what}: {left} and {right} differ by {left - right} wei")

    def total(items, key):
        return sum(int(item[key]) for item in items)

    credits = report["credits"]
    purchase = {key: int(value) for key, value in credits["purchase"].items()}
    sales = {key: int(value) for key, value in credits["sales"].items()}
    sold = report["workerSales"] + report["clientSales"]
    equal("purchases and what was paid", total(report["purchases"], "theta"), purchase["paid"])
    equal("where the paid credits went", purchase["toPools"] + purchase["treasury"] + purchase["burned"], purchase["paid"])
    equal(
        "where the pools' credits went",
        sales["toWorker"] + sales["toClient"] + sales["treasury"] + sales["burned"],
        sales["fromPools"],
    )
    equal("sales for the worker", total(report["workerSales"], "theta"), int(credits["toWorker"]))
    equal("sales for the client", total(report["clientSales"], "theta"), int(credits["refunded"]))
    for trade in report["purchases"] + sold:
        fee = {key: int(value) for key, value in trade["fee"].items()}
        equal(f"fee of {trade['class']}", fee["burned"] + fee["treasury"] + fee["lp"], fee["total"])
        equal(f"market, risk and mean fee of {trade['class']}", fee["market"] + fee["risk"] + fee["mean"], fee["total"])
    for part, key in (("burned", "burned"), ("treasury", "toTreasury"), ("lp", "toLps")):
        fees = sum(int(trade["fee"][part]) for trade in report["purchases"] + sold)
        equal(f"{part} in all", fees, int(credits[key]) - (int(credits["penalty"]) if part == "burned" else 0))
    for line in report["tokens"]:
        amounts = {key: int(value) for key, value in line.items() if key != "class" and key != "tier"}
        equal(f"tokens of {line['class']} put in", amounts["held"] + amounts["bought"], amounts["escrow"])
        equal(f"tokens of {line['class']} given out", amounts["earned"] + amounts["returned"], amounts["escrow"])
    for pool in report["pools"]:
        if not pool["before"] or not pool["after"]:
            wrong.append(f"κ of {pool['class']} is not in the report")
        elif int(pool["after"]["kappa"]) < int(pool["before"]["kappa"]):
            wrong.append(f"κ of {pool['class']} fell from {pool['before']['kappa']} to {pool['after']['kappa']}")
    return wrong + report["discrepancies"]


def port(text):
    """A TCP port's number."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to 65535")
    return int(text)


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--binaries", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="stop the node when the job has ended")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--prompt", default="Q: copy hamilton\nA: ", help="what to ask")
    parser.add_argument("--max-output-tokens", type=int, default=48)
    parser.add_argument("--model", help="a directory with safetensors, or a GGUF file")
    parser.add_argument("--resource", action="append", metavar="CLASS=AMOUNT", help="resource-seconds to pay for, if the chain has no profile of the model")
    parser.add_argument("--rpc-port", type=port, default=9944)
    parser.add_argument("--parse-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.parse_only:
        return

    # A stop by `kill` or `timeout` must not leave the node behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    directory = tempfile.mkdtemp(prefix="hanzo-demo-")
    say("starting hanzo-node --dev with a worker inside")
    log_path = os.path.join(directory, "node.log")
    node = start_node(options, log_path)
    done = False
    try:
        wait_for_blocks(node, options, log_path)
        say("the worker is to be paid in credits")
        sell_earnings(options)
        say(f"asking: {options.prompt!r}")
        report = submit(options)
        if report["status"] != "Settled":
            die(f"job {report['job']} ended as {report['status']}: {report['reason']}")
        if report["completion"] is None:
            die(f"job {report['job']} is settled, but its output is not at hand: {report['completionMissing']}")
        call = functools.partial(rpc, options.rpc_port)
        wrong = check(report) + ledger.audit(report, call, ledger.public_key(AUTHOR))
        if wrong:
            die("the amounts do not add up:\n  " + "\n  ".join(wrong))
        say(f"job {report['job']} is settled; {len(report['purchases'])} purchases and every fee add up to the wei, and "
            "every balance in the chain's state moved by just that")
        done = True
        if options.json:
            print(json.dumps(report, ensure_ascii=False), flush=True)
        else:
            print(f"{options.prompt}{report['completion']}")
        if not options.once:
            say(f"the node stays up; its log is {log_path}")
            say(f"polkadot.js: https://polkadot.js.org/apps/?rpc=ws://127.0.0.1:{options.rpc_port}#/explorer")
            say("press Ctrl-C to stop it")
            node.wait()
    except KeyboardInterrupt:
        pass
    finally:
        node.send_signal(signal.SIGINT)
        try:
            node.wait(timeout=20)
        except subprocess.TimeoutExpired:
            node.kill()
        if done:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            say(f"the node's log is {log_path}")


if __name__ == "__main__":
    main()
