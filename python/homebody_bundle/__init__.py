"""Writes and reads the factor bundle, the file that a browser opens (docs/bundle.md).

    from homebody_bundle import Bundle

    bundle = Bundle.of(ids=["brie", "milk"], factors=factors, popularity=[40, 90])
    bundle.write("factors.safetensors")

`bundle` has the parts and their bytes · `read` checks what came from outside · `header` is the
safetensors header · `quantise` goes to 8 bits · `exporters` takes models of other libraries.
"""

from .bundle import Bundle
from .error import BundleError
from .exporters import from_embedding, from_implicit
from .labels import Labels
from .quantise import quantise

__all__ = ["Bundle", "BundleError", "Labels", "from_embedding", "from_implicit", "quantise"]
