"""What the quality of a dataset is measured by, in words: dimensions, indicators with their points, ratings and stars.

Dimensions, keys and points are those of https://data.europa.eu/mqa/methodology.
"""

from __future__ import annotations

Words = tuple[str, str]  # Vietnamese, English

DIMENSIONS: dict[str, Words] = {
    "findability": ("Dễ tìm", "Findability"),
    "accessibility": ("Dễ lấy", "Accessibility"),
    "interoperability": ("Dễ kết nối", "Interoperability"),
    "reusability": ("Dễ dùng lại", "Reusability"),
    "contextuality": ("Đủ bối cảnh", "Contextuality"),
}
RATINGS: dict[str, Words] = {
    "excellent": ("Rất tốt", "Excellent"), "good": ("Tốt", "Good"), "sufficient": ("Tạm đủ", "Sufficient"), "bad": ("Chưa đạt", "Bad"),
}
STARS: tuple[Words, ...] = (
    ("Chưa mở: chưa có giấy phép mở hoặc chưa mở được tệp nào", "Not open: no open licence, or no file can be opened"),
    ("Có trên mạng, giấy phép mở", "On the web under an open licence"),
    ("Có cấu trúc, máy đọc được", "Structured, a machine can read it"),
    ("Định dạng mở, không lệ thuộc phần mềm của hãng nào", "In an open format, bound to no maker's program"),
    ("Mỗi đối tượng có địa chỉ riêng (dữ liệu liên kết)", "Things have addresses of their own"),
    ("Liên kết với dữ liệu của nơi khác", "Linked to other data"),
)
# Key: dimension, points, what is looked at, what to do where it is not met.
INDICATORS: dict[str, tuple[str, int, Words, Words]] = {
    "keywordAvailability": ("findability", 30, ("Có từ khóa", "Has keywords"), ("Cơ quan thêm ít nhất một từ khóa.", "The agency adds a keyword.")),
    "categoryAvailability": ("findability", 30, ("Thuộc một chủ đề", "Belongs to a theme"), ("Cơ quan chọn chủ đề.", "The agency chooses a theme.")),
    "spatialAvailability": ("findability", 20, ("Ghi phạm vi không gian", "States its place"), (
        "Cơ quan ghi dữ liệu nói về địa bàn nào.", "The agency states which area the data is about.")),
    "temporalAvailability": ("findability", 20, ("Ghi phạm vi thời gian", "States its time"), (
        "Cơ quan ghi dữ liệu từ ngày nào đến ngày nào.", "The agency states from when to when the data is.")),
    "accessUrlStatusCode": ("accessibility", 50, ("Mở được địa chỉ truy cập", "The access address answers"), (
        "Cơ quan sửa địa chỉ không mở được; địa chỉ chưa kiểm tra thì chưa có điểm.",
        "The agency mends the address that does not answer; one not checked yet earns nothing.")),
    "downloadUrlAvailability": ("accessibility", 20, ("Có địa chỉ tải tệp", "Has a download address"), (
        "Cơ quan cho địa chỉ dẫn thẳng tới tệp.", "The agency gives an address that leads to the file itself.")),
    "downloadUrlStatusCode": ("accessibility", 30, ("Tải được tệp", "The file can be downloaded"), (
        "Cơ quan sửa địa chỉ tải; địa chỉ chưa kiểm tra thì chưa có điểm.",
        "The agency mends the download address; one not checked yet earns nothing.")),
    "formatAvailability": ("interoperability", 20, ("Ghi định dạng", "States its format"), ("Cơ quan ghi định dạng tệp.", "The agency states the format.")),
    "mediaTypeAvailability": ("interoperability", 10, ("Ghi kiểu nội dung", "States its media type"), (
        "Cơ quan ghi kiểu nội dung, ví dụ text/csv.", "The agency states the media type, such as text/csv.")),
    "formatMediaTypeVocabularyAlignment": ("interoperability", 10, ("Định dạng thuộc danh mục chuẩn", "Format is of the register"), (
        "Cơ quan dùng tên định dạng thông dụng, ví dụ CSV.", "The agency uses a common name of a format, such as CSV.")),
    "formatMediaTypeNonProprietary": ("interoperability", 20, ("Định dạng mở", "Open format"), (
        "Cơ quan cung cấp thêm tệp CSV, JSON hoặc ODS.", "The agency offers a CSV, JSON or ODS file too.")),
    "formatMediaTypeMachineInterpretable": ("interoperability", 20, ("Máy đọc được", "Machine-readable"), (
        "Cơ quan cung cấp bảng (CSV, XLSX) thay cho ảnh, PDF hay văn bản.", "The agency offers a table (CSV, XLSX), not an image, PDF or text.")),
    "dcatApCompliance": ("interoperability", 30, ("Đủ mô tả bắt buộc của DCAT-AP", "Has what DCAT-AP requires"), (
        "Cơ quan viết mô tả cho bộ dữ liệu.", "The agency writes a description of the dataset.")),
    "licenceAvailability": ("reusability", 20, ("Ghi giấy phép", "States its licence"), ("Cơ quan ghi giấy phép.", "The agency states the licence.")),
    "knownLicence": ("reusability", 10, ("Giấy phép thuộc danh mục của Liên minh châu Âu", "Licence is of the EU's register"), (
        "Giấy phép theo luật Việt Nam vẫn là giấy phép mở; điểm này chỉ dành cho giấy phép quốc tế như CC BY.",
        "A licence by Vietnamese law is open all the same; these points are for international ones such as CC BY.")),
    "accessRightsAvailability": ("reusability", 10, ("Ghi quyền truy cập", "States who may have it"), (
        "Đội nền tảng ghi quyền truy cập.", "The platform's team states who may have it.")),
    "accessRightsVocabularyAlignment": ("reusability", 5, ("Quyền truy cập thuộc danh mục chuẩn", "Access right is of the register"), (
        "Đội nền tảng dùng danh mục chuẩn.", "The platform's team uses the register.")),
    "contactPointAvailability": ("reusability", 20, ("Có đầu mối liên hệ", "Has a contact"), (
        "Cơ quan ghi người phụ trách dữ liệu hoặc thư điện tử.", "The agency states who is in charge of the data, or a mail address.")),
    "publisherAvailability": ("reusability", 10, ("Ghi cơ quan công bố", "States its publisher"), (
        "Ban biên tập gắn bộ dữ liệu với cơ quan.", "The editors name the agency of the dataset.")),
    "rightsAvailability": ("contextuality", 5, ("Ghi điều kiện sử dụng", "States conditions of use"), (
        "Cơ quan ghi điều kiện sử dụng ngoài giấy phép, nếu có.", "The agency states conditions of use beyond the licence, if any.")),
    "byteSizeAvailability": ("contextuality", 5, ("Ghi cỡ tệp", "States the size of files"), (
        "Cơ quan ghi cỡ tệp, hoặc để trang này giữ bản sao.", "The agency states the size, or lets this site hold a copy.")),
    "dateIssuedAvailability": ("contextuality", 5, ("Ghi ngày công bố", "States when it was issued"), (
        "Cơ quan ghi ngày công bố.", "The agency states when it was issued.")),
    "dateModifiedAvailability": ("contextuality", 5, ("Ghi ngày sửa đổi", "States when it was changed"), (
        "Cơ quan ghi ngày sửa đổi.", "The agency states when it was changed.")),
}
