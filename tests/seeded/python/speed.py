"""Work that need not be done."""

import collections
import heapq


def has_setting(settings, name):
    return name in list(settings.keys())  # expect: py-copy-to-ask


def has_value(settings, value):
    snapshot = list(settings.values())
    return value in snapshot and value in settings.values()


def is_allowed(user, allowed):
    if user.name not in tuple(set(allowed)):  # expect: py-copy-to-ask
        return False
    return user.is_active


def drop_expired(sessions, now):
    # The copy is what makes it safe to delete while going through.
    for key in list(sessions.keys()):
        if sessions[key].ends < now:
            del sessions[key]


def domains(addresses):
    return set([address.rpartition("@")[2] for address in addresses])  # expect: py-collection-of-list


def users(addresses):
    return {address.partition("@")[0] for address in addresses}


def lengths(addresses):
    every = list([len(address) for address in addresses])  # expect: py-collection-of-list
    return every


def pairs(addresses):
    return list((address, len(address)) for address in addresses)


def any_overdue(invoices, today):
    return any([invoice.due < today for invoice in invoices])  # expect: py-list-for-any


def all_sent(invoices, mailer):
    # Each one has to be sent, whatever becomes of the others.
    return all([mailer.send(invoice) for invoice in invoices])


def none_open(invoices):
    return not any(invoice.is_open for invoice in invoices)


def cheapest(prices):
    return sorted(prices)[0]  # expect: py-first-of-sorted


def second_cheapest(prices):
    return sorted(prices)[1]


def shortest_name(names):
    return sorted(names, key=len)[0]


def breadth_first(graph, start):
    queue = [start]
    seen = {start}
    while queue:
        node = queue.pop(0)  # expect: py-pop-front-in-loop
        for neighbour in graph[node]:
            if neighbour not in seen:
                seen.add(neighbour)
                queue.append(neighbour)
    return seen


def breadth_first_by_deque(graph, start):
    queue = collections.deque([start])
    seen = {start}
    while queue:
        node = queue.popleft()
        for neighbour in graph[node]:
            if neighbour not in seen:
                seen.add(neighbour)
                queue.append(neighbour)
    return seen


def cheapest_first(graph, start):
    heap = [(0, start)]
    first = heap.pop(0)
    heapq.heappush(heap, first)
    while heap:
        yield heapq.heappop(heap)


def digits(number):
    out = []
    while number:
        out.insert(0, number % 10)  # expect: py-pop-front-in-loop
        number //= 10
    return out


def digits_turned(number):
    out = []
    while number:
        out.append(number % 10)
        number //= 10
    out.insert(0, 0)
    return out[::-1]


def running_total(amounts):
    totals = [0]
    for amount in amounts:
        totals = totals + [totals[-1] + amount]  # expect: py-list-grown-by-copy
    return totals


def running_mean(amounts):
    means = []
    total = 0
    for index, amount in enumerate(amounts):
        total += amount
        means += [total / (index + 1)]
    return means


def paths(tree, prefix=()):
    for name, below in tree.items():
        # A new one for each branch: the old one is still wanted.
        here = list(prefix) + [name]
        yield here
        yield from paths(below, here)


def greeting(name):
    opening = f"Good morning"  # expect: py-format-of-nothing
    return opening + ", " + name


def farewell(name):
    return f"Good bye, {name}" f", and {{thanks}}"
