"""State that is shared where each call or each round should have its own."""

import collections


def add_tag(name, tags=[]):  # expect: py-mutable-default
    tags.append(name.strip().lower())
    return tags


def add_label(name, labels=None):
    labels = [] if labels is None else labels
    labels.append(name.strip().lower())
    return labels


def count_words(text, counts={}):  # expect: py-mutable-default
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def longest_words(text, but=(), skipped=[]):
    words = [word for word in text.split() if word not in but and word not in skipped]
    return sorted(words, key=len)


def collatz(number, cache={1: 1}):
    # Kept from call to call on purpose.
    if number not in cache:
        following = number // 2 if number % 2 == 0 else 3 * number + 1
        cache[number] = collatz(following) + 1
    return cache[number]


class Router:
    def __init__(self, handlers: dict = {}):  # expect: py-mutable-default
        handlers["/"] = self.index
        self.handlers = handlers

    def index(self, request):
        return "index"


class Registry:
    def __init__(self, handlers: dict = {}):
        self.handlers = dict(handlers)
        self.handlers["/"] = self.index

    def index(self, request):
        return "index"


def buttons(window, names):
    for name in names:
        window.add(lambda: window.press(name))  # expect: py-closure-in-loop


def menu(window, names):
    for name in names:
        window.add(lambda name=name: window.press(name))
        window.add(lambda: window.close())


def delayed(tasks):
    jobs = {}
    for task in tasks:
        jobs[task.id] = lambda: task.run()  # expect: py-closure-in-loop
    return jobs


def ranked(groups):
    order = []
    for group in groups:
        # Used up before the next round begins.
        order.append(max(group, key=lambda one: one.score(group)))
    return order


def by_initial(words):
    table = collections.defaultdict(list)
    for word in words:
        table[word[0]].append(word)
    return table
