"""What the site calls itself where nobody has said anything else; the fact `identity` of the site replaces any of it."""

from __future__ import annotations

DEFAULT = {
    "name": "Hải Đăng",
    "tagline": {"vi": "Cổng dữ liệu mở", "en": "Open data portal"},
    "official": {"vi": "Danh mục dữ liệu mở của cơ quan nhà nước", "en": "Open data of public agencies"},
    "story": {"vi": "Dữ liệu của cơ quan nhà nước, kiểm tra từng ô trước khi công bố.",
              "en": "Data of public agencies, checked cell by cell before it is published."},
    "operator": "",
    "contact": "",
}
