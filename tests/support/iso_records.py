"""Records of ISO 19115 in both XML forms that say as much as real ones do, written by hand."""

from __future__ import annotations

from support.library_answers import character, iso_19139


def code(tag: str, value: str, namespace: str = "gmd") -> str:
    return f'<{namespace}:{tag} codeList="http://x.vn/codes.xml#{tag}" codeListValue="{value}"/>'


def date(kind: str, day: str) -> str:
    return (f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{day}</gco:Date></gmd:date><gmd:dateType>{code('CI_DateTypeCode', kind)}</gmd:dateType>"
            "</gmd:CI_Date></gmd:date>")


def party(role: str, organization: str, email: str = "", name: str = "") -> str:
    address = (f"<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>{character('electronicMailAddress', email)}</gmd:CI_Address></gmd:address>"
               "</gmd:CI_Contact></gmd:contactInfo>")
    return (f"<gmd:CI_ResponsibleParty>{character('individualName', name)}{character('organisationName', organization)}{address if email else ''}"
            f"<gmd:role>{code('CI_RoleCode', role)}</gmd:role></gmd:CI_ResponsibleParty>")


def free_text(tag: str, text: str, **translations: str) -> str:
    groups = "".join(f'<gmd:textGroup><gmd:LocalisedCharacterString locale="#{locale}">{words}</gmd:LocalisedCharacterString></gmd:textGroup>'
                     for locale, words in translations.items())
    return f"<gmd:{tag}><gco:CharacterString>{text}</gco:CharacterString><gmd:PT_FreeText>{groups}</gmd:PT_FreeText></gmd:{tag}>"


def online(url: str, protocol: str = "", name: str = "", function: str = "") -> str:
    told = f"<gmd:function>{code('CI_OnLineFunctionCode', function)}</gmd:function>" if function else ""
    return (f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{url}</gmd:URL></gmd:linkage>{character('protocol', protocol)}"
            f"{character('name', name)}{told}</gmd:CI_OnlineResource></gmd:onLine>")


def locale(name: str, language: str) -> str:
    return f'<gmd:locale><gmd:PT_Locale id="{name}"><gmd:languageCode>{code("LanguageCode", language)}</gmd:languageCode></gmd:PT_Locale></gmd:locale>'


INSIDE = (
    free_text("abstract", "Bản đồ rừng.", EN="Forest map.")
    + f"<gmd:pointOfContact>{party('pointOfContact', 'Chi cục Kiểm lâm', 'mo@example.vn', 'Phòng Kỹ thuật')}</gmd:pointOfContact>"
    + f"<gmd:pointOfContact>{party('owner', 'Sở Nông nghiệp')}</gmd:pointOfContact>"
    + "<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation><gmd:maintenanceAndUpdateFrequency>" + code("MD_MaintenanceFrequencyCode", "biannually")
    + "</gmd:maintenanceAndUpdateFrequency></gmd:MD_MaintenanceInformation></gmd:resourceMaintenance>"
    + f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{free_text('keyword', 'rừng', EN='forest')}"
    + '<gmd:keyword><gmx:Anchor xlink:href="http://x.vn/go">gỗ</gmx:Anchor></gmd:keyword></gmd:MD_Keywords></gmd:descriptiveKeywords>'
    + "<gmd:resourceConstraints><gmd:MD_LegalConstraints><gmd:useLimitation><gco:CharacterString>no limitation</gco:CharacterString></gmd:useLimitation>"
    + f"<gmd:accessConstraints>{code('MD_RestrictionCode', 'otherRestrictions')}</gmd:accessConstraints>"
    + '<gmd:otherConstraints><gmx:Anchor xlink:href="https://creativecommons.org/licenses/by/4.0/deed.vi">Ghi công</gmx:Anchor></gmd:otherConstraints>'
    + "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    + "<gmd:topicCategory><gmd:MD_TopicCategoryCode>farming</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
    + "<gmd:topicCategory><gmd:MD_TopicCategoryCode>biota</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
    + "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
    + "".join(f"<gmd:{side}><gco:Decimal>{degrees}</gco:Decimal></gmd:{side}>" for side, degrees in (
        ("westBoundLongitude", "107.2"), ("eastBoundLongitude", "108.1"), ("southBoundLatitude", "15.9"), ("northBoundLatitude", "16.8")))
    + "</gmd:EX_GeographicBoundingBox></gmd:geographicElement><gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent><gml:TimePeriod>"
    + "<gml:beginPosition>2020-01-01</gml:beginPosition><gml:endPosition>2023-12-31</gml:endPosition></gml:TimePeriod></gmd:extent>"
    + "</gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>")

BESIDE = (
    locale("EN", "eng") + "<gmd:dateStamp><gco:DateTime>2024-09-01T00:00:00</gco:DateTime></gmd:dateStamp>"
    + "<gmd:distributionInfo><gmd:MD_Distribution>"
    + f"<gmd:distributionFormat><gmd:MD_Format>{character('name', 'ESRI Shapefile')}</gmd:MD_Format></gmd:distributionFormat>"
    + "<gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
    + online("http://mo.example.vn/ows?service=WFS&amp;request=GetCapabilities", "OGC:WFS-2.0.0-http-get-capabilities", "Dịch vụ")
    + online("http://mo.example.vn/rung.zip", "WWW:DOWNLOAD-1.0-http--download", "Tệp", "download")
    + online("http://mo.example.vn/rung.csv", "", "Bảng")
    + online("http://mo.example.vn/gioi-thieu", "WWW:LINK-1.0-http--link", "Trang", "information")
    + "</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>")


def full() -> str:
    """A record of ISO 19139 with everything."""
    record = iso_19139("vn-rung-01", "…", inside=INSIDE, beside=BESIDE)
    title = free_text("title", "Bản đồ rừng", EN="Forest map") + date("creation", "2020-01-01") + date("revision", "2023-05-01") + date("revision", "2024-05-01")
    return record.replace(character("title", "…"), title)


def string(tag: str, text: str) -> str:
    return f"<{tag}><gco:CharacterString>{text}</gco:CharacterString></{tag}>"


def part3(version: str = "2.0") -> str:
    """The like in ISO 19115-3, whose namespaces have versions of their own."""
    home = "http://standards.iso.org/iso/19115/-3"
    spaces = {"mdb": version, "cit": version, "gex": "1.0", "lan": "1.0", "mcc": "1.0", "mco": "1.0", "mmi": "1.0", "mrd": "1.0", "mri": "1.0",
              "gco": "1.0", "gcx": "1.0"}
    names = " ".join(f'xmlns:{prefix}="{home}/{prefix}/{number}"' for prefix, number in spaces.items())
    link = (f"<mrd:onLine><cit:CI_OnlineResource>{string('cit:linkage', 'http://mo.example.vn/nuoc.csv')}{string('cit:protocol', 'WWW:DOWNLOAD')}"
            f"{string('cit:name', 'Bảng')}</cit:CI_OnlineResource></mrd:onLine>")
    english = '<lan:PT_FreeText><lan:textGroup><lan:LocalisedCharacterString locale="#EN">Water</lan:LocalisedCharacterString></lan:textGroup></lan:PT_FreeText>'
    return (
        f'<mdb:MD_Metadata {names} xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<mdb:metadataIdentifier><mcc:MD_Identifier>{string('mcc:code', 'vn-nuoc-01')}</mcc:MD_Identifier></mdb:metadataIdentifier>"
        f"<mdb:defaultLocale><lan:PT_Locale><lan:language>{code('LanguageCode', 'vie', 'lan')}</lan:language></lan:PT_Locale></mdb:defaultLocale>"
        f'<mdb:otherLocale><lan:PT_Locale id="EN"><lan:language>{code("LanguageCode", "eng", "lan")}</lan:language></lan:PT_Locale></mdb:otherLocale>'
        "<mdb:identificationInfo><mri:MD_DataIdentification><mri:citation><cit:CI_Citation>"
        f"<cit:title><gco:CharacterString>Nước mặt</gco:CharacterString>{english}</cit:title>"
        f"<cit:date><cit:CI_Date><cit:date><gco:Date>2024-01-02</gco:Date></cit:date><cit:dateType>{code('CI_DateTypeCode', 'publication', 'cit')}</cit:dateType>"
        f"</cit:CI_Date></cit:date></cit:CI_Citation></mri:citation>{string('mri:abstract', 'Quan trắc.')}"
        f"<mri:pointOfContact><cit:CI_Responsibility><cit:role>{code('CI_RoleCode', 'owner', 'cit')}</cit:role><cit:party><cit:CI_Organisation>"
        f"{string('cit:name', 'Sở Tài nguyên')}</cit:CI_Organisation></cit:party></cit:CI_Responsibility></mri:pointOfContact>"
        "<mri:topicCategory><mri:MD_TopicCategoryCode>environment</mri:MD_TopicCategoryCode></mri:topicCategory>"
        f"<mri:resourceMaintenance><mmi:MD_MaintenanceInformation><mmi:maintenanceAndUpdateFrequency>{code('MD_MaintenanceFrequencyCode', 'quarterly', 'mmi')}"
        "</mmi:maintenanceAndUpdateFrequency></mmi:MD_MaintenanceInformation></mri:resourceMaintenance>"
        f"<mri:descriptiveKeywords><mri:MD_Keywords>{string('mri:keyword', 'nước')}</mri:MD_Keywords></mri:descriptiveKeywords>"
        f"<mri:resourceConstraints><mco:MD_LegalConstraints><mco:reference><cit:CI_Citation>{string('cit:title', 'Creative Commons')}<cit:onlineResource>"
        f"<cit:CI_OnlineResource>{string('cit:linkage', 'http://creativecommons.org/licenses/by-sa/4.0/')}</cit:CI_OnlineResource></cit:onlineResource>"
        "</cit:CI_Citation></mco:reference></mco:MD_LegalConstraints></mri:resourceConstraints></mri:MD_DataIdentification></mdb:identificationInfo>"
        f"<mdb:distributionInfo><mrd:MD_Distribution><mrd:transferOptions><mrd:MD_DigitalTransferOptions>{link}</mrd:MD_DigitalTransferOptions>"
        "</mrd:transferOptions></mrd:MD_Distribution></mdb:distributionInfo></mdb:MD_Metadata>")
