"""PDF from HTML by WeasyPrint, which is slow to import and needs Pango: both only when drawing."""

from __future__ import annotations

from collections.abc import Mapping
from ctypes.util import find_library
from functools import lru_cache
from typing import Any


class MissingAsset(RuntimeError):
    """The document asks for something it was not given: a fault in its design."""


@lru_cache
def available() -> bool:
    """Whether the libraries that draw are installed on this machine."""
    return all(find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))


def draw(html: str, assets: Mapping[str, tuple[str, bytes]]) -> bytes:
    """Draw an archivable, tagged PDF (PDF/A-3a).

    Args:
        html: the document; it names its files as `asset:NAME`.
        assets: content type and bytes by name. Nothing else is fetched, from disk or network.

    Raises:
        MissingAsset: the document asks for anything else.
    """
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    missing: list[str] = []
    fetcher = _closed_fetcher(assets, missing)
    fonts = FontConfiguration()
    document = HTML(string=html, base_url="asset:", url_fetcher=fetcher)
    pdf = document.write_pdf(pdf_variant="pdf/a-3a", font_config=fonts)
    if missing:
        raise MissingAsset(", ".join(missing))
    assert isinstance(pdf, bytes)
    return pdf


def _closed_fetcher(assets: Mapping[str, tuple[str, bytes]], missing: list[str]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix("asset:")
            if not url.startswith("asset:") or name not in assets:
                missing.append(url[:200])
                raise ValueError(f"not an asset of this document: {url[:200]}")
            content_type, data = assets[name]
            return URLFetcherResponse(url, data, {"Content-Type": content_type})

    return Closed()
