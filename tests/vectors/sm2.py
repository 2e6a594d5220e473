"""SM2 signature verification (GB/T 32918.2-2016) over the curve of GB/T 32918.5-2017.

For checking vectors: slow, and nothing here is secret, so nothing takes constant time.
"""
from cryptography.hazmat.primitives import hashes

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
ID = b"1234567812345678"


def sm3(data):
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def point(raw):
    return int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")


def on_curve(q):
    x, y = q
    return x < P and y < P and (y * y - x * x * x - A * x - B) % P == 0


def add(p, q):
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def multiply(k, p):
    result = None
    while k:
        if k & 1:
            result = add(result, p)
        p = add(p, p)
        k >>= 1
    return result


def verify(key, message, r, s):
    if not (0 < r < N and 0 < s < N):
        return False
    t = (r + s) % N
    if t == 0:
        return False
    z = sm3((8 * len(ID)).to_bytes(2, "big") + ID +
            b"".join(n.to_bytes(32, "big") for n in (A, B, *G, *key)))
    e = int.from_bytes(sm3(z + message), "big")
    q = add(multiply(s, G), multiply(t, key))
    return q is not None and (e + q[0]) % N == r
