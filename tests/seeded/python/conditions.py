"""Asking for the wrong thing: each function that is marked beside one that is right."""

import math
from dataclasses import dataclass


@dataclass
class Order:
    state: str
    amount: float
    customer: object = None
    lines: tuple = ()


def is_open(order):
    return order.state is "open"  # expect: py-is-with-literal


def is_closed(order):
    return order.state == "closed" and order.customer is not None


def retries_left(policy, attempt):
    if attempt is not 0 and policy.limit > attempt:  # expect: py-is-with-literal
        return policy.limit - attempt
    return policy.limit


SENTINEL = object()


def value_or(options, key, fallback=None):
    found = options.get(key, SENTINEL)
    if found is not SENTINEL and found is not True:
        return found
    return fallback


def shipping_address(order):
    if order.customer == None:  # expect: py-equal-to-none
        return "to be collected"
    return order.customer.address


def billing_address(order):
    if order.customer is None:
        return "unknown"
    return order.customer.address


def pending(orders):
    while orders and orders[-1].customer != None:  # expect: py-equal-to-none
        yield orders.pop()


def without_owner(session, table):
    # The database's own idea of equality makes the condition of the query.
    if session.is_open:
        return session.query(table).filter(table.owner == None).all()
    return []


def check_amount(order):
    assert (order.amount >= 0, "an order cannot owe the customer")  # expect: py-assert-on-tuple
    return order.amount


def check_lines(order):
    assert (order.lines and order.amount), "an order has lines and an amount"
    assert order.state in ("open", "closed"), (
        "states are few")
    return order.lines


def average(readings):
    total = sum(readings)
    if total == math.nan:  # expect: py-nan-comparison
        return 0.0
    return total / len(readings)


def largest(readings):
    best = -math.inf
    for reading in readings:
        if best == -math.inf or reading > best:
            best = reading
    return math.nan if best == -math.inf else best


def discount(order):
    if order.amount > 1000:
        return 0.1
    elif order.amount > 100:
        return 0.05
    elif order.amount > 1000:  # expect: py-condition-repeated
        return 0.2
    return 0.0


def next_token(stream):
    # Reading twice is two different questions.
    if stream.read(1) == "#":
        return "comment"
    elif stream.read(1) == "#":
        return "heading"
    return "text"


def surcharge(order, zone):
    if zone == 1:
        return 5
    elif zone == 2:
        return 9
    elif zone == 1 and order.amount > 50:
        return 0
    return 12


def is_known(names, name):
    if not name in names:  # expect: py-not-in
        return False
    return True


def is_fresh(cache, key):
    return key not in cache or not (cache[key] is None)


def same_customer(left, right):
    return not left.customer is right.customer  # expect: py-not-in
