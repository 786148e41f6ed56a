"""What is refused, named and worded as in the browser's reader (docs/errors.md)."""


class BundleError(ValueError):
    """A bundle that no browser would open; `code` is for machines and never reworded."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def truncated(length: int, needed: int, what: str) -> BundleError:
    words = f"the bundle ends at byte {length}, but {what} needs {needed}: the download is not whole"
    return BundleError("bundle-truncated", words)


def header(at: int, wanted: str) -> BundleError:
    words = f"the bundle's header is not safetensors JSON at byte {at}: expected {wanted}"
    return BundleError("bundle-header", words)


def version(given: str) -> BundleError:
    words = f'bundle format "{shortened(given)}" is not read by this version, which reads "1"'
    return BundleError("bundle-format", words)


def missing(name: str) -> BundleError:
    return BundleError("tensor-missing", f'the bundle has no tensor "{name}"')


def twice(name: str) -> BundleError:
    return BundleError("tensor-twice", f"the bundle's header names \"{shortened(name)}\" twice")


def shape(name: str, wanted: str) -> BundleError:
    return BundleError("tensor-shape", f'tensor "{name}" must be {wanted}')


def offsets(name: str, defect: str) -> BundleError:
    return BundleError("tensor-offsets", f'tensor "{shortened(name)}" has byte offsets that {defect}')


def value(name: str, at: int, defect: str) -> BundleError:
    return BundleError("tensor-value", f'tensor "{name}" has a value at {at} that is {defect}')


def capped(what: str, given: int, cap: int) -> None:
    """Refuses a size above what the reader accepts."""
    if given > cap:
        raise BundleError("bundle-too-large", f"{what} of the bundle is {given}, more than {cap}")


def shortened(text: str) -> str:
    return text[:64]
