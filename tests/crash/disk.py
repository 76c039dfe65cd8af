"""A disk that remembers every write and every flush, in order.

As a program (disk.py IMAGE LOG FOLDER), it shows the image as FOLDER/disk, by the kernel's FUSE
protocol, to a loop device. What reaches that file has reached the disk. Each write, and each flush
that the file system above asks for, is in the log before it is answered: so whoever was told that
something is durable finds it in the log. As a module, it makes the image that a power cut after
any number of them would have left.
"""

import ctypes
import errno
import os
import pathlib
import stat
import struct
import sys

RECORD = struct.Struct("<QI")
FLUSH = (1 << 64) - 1  # the offset of a record that is a flush
BLOCK = 4096

# The numbers and layouts of linux/fuse.h that one file in one folder needs.
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, STATFS = 1, 2, 3, 4, 14, 15, 16, 17
RELEASE, FSYNC, CLOSED, INIT, OPENDIR, READDIR, RELEASEDIR = 18, 20, 25, 26, 27, 28, 29
INTERRUPT, DESTROY, FORGET_MANY = 36, 38, 42
UNANSWERED = {FORGET, FORGET_MANY, INTERRUPT}
IN = struct.Struct("<IIQQIIIHH")
OUT = struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<6Q10I")
MOST = 1 << 17
ROOT, FILE = 1, 2


class Disk:
    """Answers the kernel."""

    def __init__(self, image, log):
        self.content = bytearray(pathlib.Path(image).read_bytes())
        self.log = open(log, "ab", buffering=0)

    def attributes(self, node):
        mode = stat.S_IFDIR | 0o700 if node == ROOT else stat.S_IFREG | 0o600
        size = 0 if node == ROOT else len(self.content)
        return ATTRIBUTES.pack(node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, BLOCK,
                               0)

    def answer(self, code, node, body):
        """The body of the answer; a number is an error."""
        if code == INIT:
            major, minor, read_ahead, _ = struct.unpack_from("<4I", body)
            return struct.pack("<4I2H2I2H8I", 7, min(minor, 31), read_ahead, 1 << 5, 16, 12, MOST,
                               1, MOST // BLOCK, 0, *[0] * 8) if major == 7 else errno.EPROTO
        if code == LOOKUP:
            if node != ROOT or body.rstrip(b"\0") != b"disk":
                return errno.ENOENT
            return struct.pack("<4Q2I", FILE, 0, 3600, 3600, 0, 0) + self.attributes(FILE)
        if code in (GETATTR, SETATTR):
            return struct.pack("<Q2I", 3600, 0, 0) + self.attributes(node)
        if code in (OPEN, OPENDIR):
            return struct.pack("<Q2I", 0, 0, 0)
        if code == READ:
            _, offset, size = struct.unpack_from("<2QI", body)
            return bytes(self.content[offset:offset + size])
        if code == WRITE:
            _, offset, size = struct.unpack_from("<2QI", body)
            self.write(offset, body[40:40 + size])
            return struct.pack("<2I", size, 0)
        if code == FSYNC:
            self.log.write(RECORD.pack(FLUSH, 0))
            return b""
        if code == STATFS:
            return struct.pack("<5Q4I6I", *[0] * 5, BLOCK, 255, BLOCK, 0, *[0] * 6)
        if code in (RELEASE, RELEASEDIR, CLOSED, READDIR, DESTROY):
            return b""
        return errno.ENOSYS

    def write(self, offset, data):
        self.content[offset:offset + len(data)] = data
        self.log.write(RECORD.pack(offset, len(data)) + data)

    def serve(self, device):
        while True:
            try:
                request = os.read(device, MOST + BLOCK)
            except InterruptedError:
                continue
            except OSError as problem:
                if problem.errno in (errno.ENODEV, errno.ENOENT):
                    return  # unmounted
                raise
            _, code, unique, node, *_ = IN.unpack_from(request)
            if code in UNANSWERED:
                continue
            answer = self.answer(code, node, request[IN.size:])
            failed = isinstance(answer, int)
            body = b"" if failed else answer
            os.write(device, OUT.pack(OUT.size + len(body), -answer if failed else 0, unique) + body)


def mount(folder):
    """The kernel's end of the protocol."""
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    library = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    if library.mount(b"disk", os.fsencode(folder), b"fuse", 0, options.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return device


class Log:
    """What happened to a disk, as a list of (offset, bytes), or (FLUSH, b"")."""

    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        self.records = []
        self.ends = []  # position in the file at which each is whole
        place = 0
        while place + RECORD.size <= len(data):
            offset, size = RECORD.unpack_from(data, place)
            place += RECORD.size + size
            if place > len(data):
                break
            self.records.append((offset, data[place - size:place]))
            self.ends.append(place)

    def image_after(self, image, number):
        """All writes arrived, and none after them."""
        disk = bytearray(image)
        for offset, data in self.records[:number]:
            put(disk, offset, data)
        return disk

    def image_without_cache(self, image, number, chance):
        """What was not flushed may have been lost, each write for itself: a disk with a cache."""
        flushed = max((i + 1 for i in range(number) if self.records[i][0] == FLUSH), default=0)
        disk = self.image_after(image, flushed)
        for offset, data in self.records[flushed:number]:
            if chance.random() < 0.5:
                put(disk, offset, data)
        return disk


def put(disk, offset, data):
    if offset != FLUSH:
        disk[offset:offset + len(data)] = data


def main():
    image, log, folder = sys.argv[1:]
    disk = Disk(image, log)
    device = mount(folder)
    print("ready", flush=True)
    disk.serve(device)


if __name__ == "__main__":
    main()
