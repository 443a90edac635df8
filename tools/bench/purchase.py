"""Runs the measurements of tools/bench/purchase and prints them."""

import argparse
import http.client
import json
import os
import subprocess
import tempfile
import threading
import time

from edge import Process, wait_ready


class Buyer:
    """One person on one connection, who buys what another one sells."""

    def __init__(self, address, name):
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.seller = self.sign_up(f"{name}-seller")
        self.sign_up(name)

    def sign_up(self, name):
        """Signs in as somebody new; gives back their cookie."""
        self.cookie = None
        self.call("POST", "/api/users/signup", {"email": f"{name}@example.com", "password": "password"}, 201)
        return self.cookie

    def call(self, method, path, body=None, *expected):
        headers = {"Content-Type": "application/json"} | ({"Cookie": self.cookie} if self.cookie else {})
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if expected and answer.status not in expected:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:200]}")
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        return answer.status, json.loads(content) if content else None

    def sell(self, title):
        own, self.cookie = self.cookie, self.seller
        _, ticket = self.call("POST", "/api/tickets", {"title": title, "price": 50}, 201)
        self.cookie = own
        return ticket

    def reserve(self, title):
        ticket = self.sell(title)
        while True:
            # 404 until orders has heard of the ticket.
            status, order = self.call("POST", "/api/orders", {"ticketId": ticket["id"]}, 201, 404)
            if status == 201:
                return order["id"]

    def purchase(self):
        order = self.reserve("Concert")
        self.call("POST", "/api/payments", {"token": "tok_visa", "orderId": order}, 201)
        while self.call("GET", f"/api/orders/{order}", None, 200)[1]["status"] != "complete":
            pass


def in_parallel(buyers, work):
    threads = [threading.Thread(target=work, args=(buyer,)) for buyer in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Streams:
    """What the events say, read by redis-cli."""

    def __init__(self, port):
        self.port = port

    def cli(self, *arguments):
        command = ["redis-cli", "-p", self.port, "--json", *arguments]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace"))

    def entries(self, stream):
        """(milliseconds of the entry, its plain fields) of each."""
        start = "-"
        while page := self.cli("XRANGE", stream, start, "+", "COUNT", "2000"):
            for identifier, fields in page:
                yield int(identifier.split("-")[0]), dict(zip(fields[::2], fields[1::2], strict=True))
            start = "(" + page[-1][0]

    def times(self, stream):
        return {fields["key"]: at for at, fields in self.entries(stream)}

    def fields(self, orders, name):
        """One field of each order's hash."""
        script = "local r={} for i,k in ipairs(KEYS) do r[i]=redis.call('HGET',k,ARGV[1]) or '' end return r"
        keys = ["{orders}:order:" + order for order in orders]
        return dict(zip(orders, self.cli("EVAL", script, str(len(keys)), *keys, name), strict=True))


def percentiles(name, delays):
    delays = sorted(delays)
    if not delays:
        return print(f"{name:<10} none")
    p50, p99 = (delays[min(len(delays) - 1, int(len(delays) * part))] for part in (0.5, 0.99))
    print(f"{name:<10} p50 {p50:>6} ms   p99 {p99:>6} ms   most {delays[-1]:>6} ms   of {len(delays)}")


def measure(options, folder):
    process = Process(
        folder, "up", [options.program, "up", "--port", "0", "--data", os.path.join(folder, "data")],
        {"SCRYPT_COST": "1024,8,1", "RATE_LIMIT_SIGNUP_PER_MINUTE": "0"})
    try:
        address = process.listening()
        wait_ready(address)
        line = next(line for line in process.child.stdout if "redis-cli -p" in line)
        streams = Streams(line.split("redis-cli -p")[1].split()[0])
        buyers = [Buyer(address, f"buyer{number}") for number in range(options.buyers)]
        purchases(options, process, streams, buyers)
        timers(options, streams, buyers)
    finally:
        process.stop()


def purchases(options, process, streams, buyers):
    done, end = [], time.monotonic() + options.seconds

    def work(buyer):
        while time.monotonic() < end:
            buyer.purchase()
            done.append(1)

    cpu, start = process.cpu(), time.monotonic()
    in_parallel(buyers, work)
    elapsed, cpu = time.monotonic() - start, process.cpu() - cpu
    each = cpu / max(1, len(done)) * 1000
    print(f"{len(done) / elapsed:.0f} purchases/s by {len(buyers)} buyers, {each:.2f} ms of CPU each, redis-server's included")
    created = streams.times("{orders}:events:order:created")
    reserved = streams.times("{tickets}:events:ticket:updated")
    ticket = streams.fields(list(created)[-1000:], "ticketId")
    percentiles("reserved", [reserved[ticket[order]] - created[order] for order in ticket if ticket[order] in reserved])
    paid = streams.times("{payments}:events:payment:created")
    completed = streams.times("{orders}:events:order:completed")
    payment = streams.fields(list(completed)[-1000:], "paymentId")
    percentiles("complete", [completed[order] - paid[payment[order]] for order in payment if payment[order] in paid])


def timers(options, streams, buyers):
    """Reserves as many tickets as are wanted, then sets all of their timers to the same moment."""
    share = options.timers // len(buyers)
    in_parallel(buyers, lambda buyer: [buyer.reserve("Forgotten") for _ in range(share)])
    orders = streams.cli("ZRANGE", "{expiration}:due", "0", "-1")
    due = int(time.time() * 1000) + 3000
    script = (
        "for _,id in ipairs(redis.call('ZRANGE',KEYS[1],0,-1)) do redis.call('ZADD',KEYS[1],ARGV[1],id) "
        "redis.call('HSET','{orders}:order:'..id,'expiresAt',ARGV[1]) redis.call('ZADD','{orders}:open',ARGV[1],id) end "
        "return 1")
    streams.cli("EVAL", script, "1", "{expiration}:due", str(due))
    deadline = time.monotonic() + 60
    while streams.cli("ZCARD", "{orders}:open") > 0 and time.monotonic() < deadline:
        time.sleep(0.2)
    fired = streams.times("{expiration}:events:expiration:complete")
    freed = streams.times("{orders}:events:order:cancelled")
    percentiles("fired", [fired[order] - due for order in orders if order in fired])
    percentiles("freed", [freed[order] - due for order in orders if order in freed])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--buyers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--timers", type=int, default=2000)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        measure(options, folder)


if __name__ == "__main__":
    main()
