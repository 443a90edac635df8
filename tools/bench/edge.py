"""Runs the measurements of tools/bench/edge and prints their medians."""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

TICK = os.sysconf("SC_CLK_TCK")
# How many tickets the readers choose from.
TICKETS = 100
JWT_KEY = "benchmark-key-of-thirty-two-bytes-or-more"


class Process:
    """A child that prints where it listens, and the CPU that it and its own children used."""

    def __init__(self, folder, name, arguments, environment=None):
        self.log = open(os.path.join(folder, name + ".log"), "wb")
        self.child = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={"PATH": os.environ["PATH"], "LOG_LEVEL": "warning", **(environment or {})})

    def listening(self):
        """The address in the first line that has one."""
        for line in self.child.stdout:
            if found := re.search(r"(?:https?://)?(127\.0\.0\.1|0\.0\.0\.0|localhost):(\d+)", line):
                self.address = f"127.0.0.1:{found[2]}"
                return self.address
        raise SystemExit(f"{self.child.args[0]} ended before it listened: see {self.log.name}")

    def cpu(self):
        """Seconds of CPU so far, of the process and of those that it started."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def memory(self):
        """Resident MiB, by name of the process and of those that it started."""
        sizes = {}
        for pid in self.family():
            with open(f"/proc/{pid}/status") as file:
                status = dict(line.split(":", 1) for line in file)
            sizes[status["Name"].strip()] = int(status["VmRSS"].split()[0]) / 1024
        return sizes

    def family(self):
        # Any of its threads may have started them.
        children = []
        for thread in os.listdir(f"/proc/{self.child.pid}/task"):
            with open(f"/proc/{self.child.pid}/task/{thread}/children") as file:
                children += [int(child) for child in file.read().split()]
        return [self.child.pid, *children]

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(timeout=15)


def request(url, body=None, cookie=None, method=None):
    headers = {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
        return json.load(answer), answer.headers


def wait_ready(address):
    for _ in range(200):
        try:
            request(f"http://{address}/readyz")
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{address} does not become ready")


def seed(address, folder):
    """Makes a user and tickets; gives back wrk's scripts that read the tickets and that sell more, and a ticket's id."""
    wait_ready(address)
    email = f"bench-{time.time_ns()}@example.com"
    _, headers = request(f"http://{address}/api/users/signup", {"email": email, "password": "password"})
    cookie = headers["Set-Cookie"].split(";")[0]
    sell = {"title": "Concert", "price": 50}
    ids = [request(f"http://{address}/api/tickets", sell, cookie)[0]["id"] for _ in range(TICKETS)]
    reads = script(folder, "reads", paths([f"/api/tickets/{id}" for id in ids]))
    posts = script(folder, "posts", (
        f'wrk.method = "POST"\nwrk.path = "/api/tickets"\nwrk.body = \'{json.dumps(sell)}\'\n'
        f'wrk.headers["Content-Type"] = "application/json"\nwrk.headers["Cookie"] = "{cookie}"\n'))
    return reads, posts, ids[0]


def script(folder, name, text):
    file, path = tempfile.mkstemp(dir=folder, prefix=name, suffix=".lua")
    with open(file, "w") as output:
        output.write(text)
    return path


def paths(all):
    """A script that asks for one of `all` at random."""
    listed = ", ".join(f'"{path}"' for path in all)
    return f"local paths = {{{listed}}}\nrequest = function() return wrk.format(nil, paths[math.random(#paths)]) end\n"


def wrk(url, seconds, script):
    """Requests per second; any answer but 2xx is a failed measurement."""
    command = ["wrk", "-t2", "-c64", f"-d{seconds}s", "-s", script, url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{url} failed under load:\n{output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), int(re.search(r"(\d+) requests in", output)[1])


def measure(processes, url, seconds, script):
    before = sum(process.cpu() for process in processes)
    rate, count = wrk(url, seconds, script)
    return rate, (sum(process.cpu() for process in processes) - before) / max(count, 1) * 1e6


def hgetall(socket, key):
    command = ["redis-benchmark", "-s", socket, "-c", "64", "-n", "200000", "--csv", "HGETALL", key]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(output.splitlines()[-1].split(",")[1].strip('"'))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--binaries", default=".build/release")
    options.add_argument("--program", default=".build/release/ticketing")
    options = options.parse_args()
    ticketing = options.program
    running = []

    def start(*arguments, **environment):
        running.append(Process(folder, f"{len(running)}", list(arguments), environment))
        return running[-1]

    with tempfile.TemporaryDirectory(prefix="ticketing-bench-") as folder:
        try:
            socket = os.path.join(folder, "redis.sock")
            redis = start(
                "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--appendonly", "yes",
                "--appendfsync", "always", "--save", "")
            shared = {"JWT_KEY": JWT_KEY, "REDIS_URL": f"unix://{socket}", "RPC_HOST": "127.0.0.1", "RPC_PORT": "0",
                      "SCRYPT_COST": "1024,8,1"}
            tickets, auth = start(ticketing, "tickets", **shared), start(ticketing, "auth", **shared)
            orders = start(ticketing, "orders", **shared)
            # Without it the gateway does not start.
            payments = start(ticketing, "payments", ORDERS_ADDR=orders.listening(), **shared)
            gateway = start(
                ticketing, "gateway", PORT="0", TICKETS_ADDR=tickets.listening(), AUTH_ADDR=auth.listening(),
                ORDERS_ADDR=orders.address, PAYMENTS_ADDR=payments.listening())
            up = start(ticketing, "up", "--port", "0", "--data", os.path.join(folder, "data"), SCRYPT_COST="1024,8,1")
            constant = start(os.path.join(options.binaries, "bench-constant-route"))

            targets = {
                "constant": ([constant], constant.listening()),
                "up": ([up], up.listening()),
                "apart": ([gateway, tickets, redis], gateway.listening()),
            }
            reading, posting, ids = {"constant": script(folder, "constant", paths(["/"] * TICKETS))}, {}, {}
            for name in ["up", "apart"]:
                reading[name], posting[name], ids[name] = seed(targets[name][1], folder)

            reads = {name: [] for name in targets}
            writes = {name: [] for name in posting}
            hashes = []
            for turn in range(options.rounds):
                print(f"round {turn + 1} of {options.rounds}", flush=True)
                for name, (processes, address) in targets.items():
                    for figures, scripts in [(reads, reading), (writes, posting)]:
                        if name in scripts:
                            figures[name].append(measure(processes, f"http://{address}", options.seconds, scripts[name]))
                hashes.append(hgetall(socket, "{tickets}:ticket:" + ids["apart"]))
            report(reads, writes, statistics.median(hashes))
            print("\nresident memory after it, MiB")
            for title, process in {
                "up": up, "gateway": gateway, "tickets": tickets, "auth": auth, "orders": orders, "payments": payments,
            }.items():
                print(f"  {title:26}" + ", ".join(f"{name} {size:.0f}" for name, size in process.memory().items()))
        finally:
            for process in reversed(running):
                process.stop()


def report(reads, writes, hashes):
    floor = statistics.median(rate for rate, _ in reads["constant"])
    print(f"\n{'':28}{'requests/s':>12}{'CPU µs/request':>16}{'of constant':>13}{'of HGETALL':>12}")
    for title, rows in [("GET /api/tickets/:id", reads), ("POST /api/tickets", writes)]:
        for name, figures in rows.items():
            rate = statistics.median(rate for rate, _ in figures)
            cpu = statistics.median(cpu for _, cpu in figures)
            label = "constant route" if name == "constant" else f"{title} {name}"
            print(f"{label:28}{rate:12.0f}{cpu:16.1f}{rate / floor:13.2f}{rate / hashes:12.2f}")
    print(f"{'redis-benchmark HGETALL':28}{hashes:12.0f}")


if __name__ == "__main__":
    main()
