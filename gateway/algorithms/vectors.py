"""Known answers, by which a provider shows at its first use that it can be relied on."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Vector:
    """A signature that is known to hold."""

    key: bytes
    """SubjectPublicKeyInfo, DER."""
    data: bytes
    signature: bytes
    """The raw value."""


P256: Final = Vector(
    b64decode(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk"
        "8vGyDC1+n1F3o8KU1EYimQ=="
    ),
    b"sample",
    b64decode("79SLKqy2qP0RQN2c1F6B1p0sh3tWqvmRw00OqE6vNxb3yxyULWV8QdQ2x6G24p9l8+kA27mv9AZNxKsvhDrNqA=="),
)
"""RFC 6979, A.2.5: the message `sample` with SHA-256."""

P384: Final = Vector(
    b64decode(
        "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE7DpOQVtOGaRWhhgCn0J/pdqai8SukuAuBqrlKGswDGTe+PDqkFWGYGSiVFFUgLwTgBXZ"
        "ty19VyROqO+awMYhiWcIpZNn+d+59UyoSz8cnbEoiyMcOuDU/nNE/SUzJkcg"
    ),
    b"sample",
    b64decode(
        "lO27kqXsuKrUc25WxpGRaz+IFAZmzp+nPWTE6pWtEzyBpkgVLkSs+W423R6A+r5Gme9K6xXxeM6h/kDbJgMTjxMOdAoZYkUmIDtj"
        "UdCjqU+jKcFFeG5nnnuCxxo4YorI"
    ),
)
"""RFC 6979, A.2.6: the message `sample` with SHA-384."""

ED25519: Final = Vector(
    b64decode("MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU="),
    b"\xaf\x82",
    b64decode("YpHWV97sJAJIJ+acOr4BowzlSKKEdDpEXjaA19taw6wY/5tTjRbykK5n92CYTcZZSnwV6XFu0o3AJ77O6h7ECg=="),
)
"""RFC 8032, section 7.1, test 3."""

RSA: Final = Vector(
    b64decode(
        "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEA7ghUEpy3cLPjnUPHDkVJ45bDWo5BEhG3Zo1OzOvXzF0UrePtT9Nfv09r"
        "+7fVOkwzxjjlZ5wcKJlxCM/TYaMfalpEcn0jhnLeVik7pSMFyWUsyTQ4ZMgA3gd1OrEjfWwZWydmAlPyWW6DIhUdOCwcxHElrJWb"
        "kW3e7u64J/No7+Xz6rALVcH0yVJ2ol2YweQmDclqCMrSBiTd6WQoaAebtLF2AUn3b/1XF7u03CoztPaGBV+Kha1fI74upXpwywTm"
        "vpA04yodU8FPKaf9je570DadOjK78L57A6IupxhL4VCeq7wPJ7PbNy4/QzccodqaNTGpy4y4BssP0SgVi+HuQmXjSvJhc2atnCt3"
        "QPFJLVQevEgUn64RBpfwO4RG0IjtvKuFG2lQaoZZEMugA0dJCE2AevMs3pDQPVPJtXRMwUTzIUQ13LYLRugbXNW+9RVK6QyRKGKw"
        "GcMj12cWBc0bYUMaa6EHLJK1OTnnH91Bn99Al+aYJs43Ud+bJINvAgTFAgMBAAE="
    ),
    b"gateway",
    b64decode(
        "5aLDrY8sx8bVct3OjVrNQ8Ov6meSWXMnKXuMeRx+NxrrCdZArR1wonMFQfZj/bOifun82KagDn8JOt8XHi56XhXT97q5LcaquK0f"
        "qVg1wXLTzVJ4HxymxCpEV9gXCpuZ8fJ+pBshX8X473riOkvEICkbcZAfdv756uKe4uFUGNw2ETpF4pw/CoHfAokfwhcsGUvi+I6H"
        "fsOkfdbw1z1ApgDtDLPnliV4oDq0EdIqApj9guE+7QIPBpTR9CwuNhmZL/r41wdvLEDullONmNKBzfiBqiEfwCs87Q0MGt1McObd"
        "uHPMHvcuyZ4rEetqhKzUYsFuwHhZDKURanEe0SPh9fQ/wFImkOXZREUAqlL1LOsDotOI4tbrj2dRXYJHwJ+E1vvfJJhyW9q46BRb"
        "lCXZyIIRTGmduxMlS5hE9rGLRYuM65PZANlwVP82u8vb9XqxbmSifNkiz67ZXtw6hRt1+3jVpY15AZ5dAOpHblW16XMf9eAfhEs5"
        "fyVwJdZuqeeu"
    ),
)
"""Made with `openssl dgst -sha256 -sign` by a key of 3072 bits that was thrown away."""

RSA2048: Final = Vector(
    b64decode(
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAm9w7fKr0KJ3U0t0Th1sBY5bA7NqDhfbibbawDqo+EFBKyI6lyOlRedjI"
        "UsYM6fvSuPe8pIeSTDFlbePMRCZYv9spUIfYXd21D0DG57fqGT4lLy9xMc/9K1UqtGUHld+BYBQGLegu/qjEww3WeHxaQSQotb/V"
        "TtvBz767J+eF+xx0/3kxFkI+i3Q98KaAOuM/K/V47fHIcZg79R7F+z6H46L/AQyPVY10r0Op9ak0egUPNxFMS4o/b4Ll6BgNWMAW"
        "+WXnzmNAs+Y+4Z/HVNa5CFwsnzlvz+GDRENOSOgKh108Eve2o6zSGim3WO5xzEOxzZ6vhtMiDpMQYjXwJ2YnJQIDAQAB"
    ),
    b"gateway",
    b64decode(
        "C9lwz1GsgUQl35+2MUYOGzp0i3Qldu6EiRoilVmW0muqs81KyJcGQXmlI8rAyILVMSiZSi0P6i5U7VzT18lvS4LOEwv0+lrBRREB"
        "5XChOhD8ZfqE7AfRd4IoyyxQ8E3G58tSLmw7LFtXFB8f6rqB6l5ZAdI2uHS3O2OWSwDhpS7iJflLFtYQ+9+XCy/3WYgDpNZ57bOI"
        "XoCoFBO8143kL8OFd2aAi1eKOvKYE0HiV9Fo+kz3Q8rKexyM4UfXjgzYV0KbepFpMkZp7PfGFtD5lTTpwROrr+2EcypwrHdR4kqq"
        "pLhRolaZm9YacM+SKJXP4GO6gogEN4FXlwjx9rglaQ=="
    ),
)
"""Made with `openssl dgst -sha256 -sign` by a key of 2048 bits that was thrown away."""
