"""The terms of DCAT and of the vocabularies around it, by address and by the short name that JSON-LD and DCAT-US give them.

Sources: W3C DCAT 3, DCAT-AP 2.1.1 and 3.0, DCAT-US 3.0 (whose keys these names are), the Hydra core vocabulary, schema.org.
"""

from __future__ import annotations

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "dcterms": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/", "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#", "skos": "http://www.w3.org/2004/02/skos/core#", "spdx": "http://spdx.org/rdf/terms#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#", "prov": "http://www.w3.org/ns/prov#", "locn": "http://www.w3.org/ns/locn#",
    "schema": "http://schema.org/", "hydra": "http://www.w3.org/ns/hydra/core#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcatap": "http://data.europa.eu/r5r/", "odrl": "http://www.w3.org/ns/odrl/2/", "dqv": "http://www.w3.org/ns/dqv#",
    "time": "http://www.w3.org/2006/time#", "cnt": "http://www.w3.org/2011/content#", "org": "http://www.w3.org/ns/org#",
    "dcat-us": "http://data.resources.gov/ontology/dcat-us#",
}

# Terms whose short name is the name they have in their vocabulary.
_OWN_NAMES = {
    "dcat": "dataset service record catalog distribution keyword theme contactPoint landingPage accessURL downloadURL accessService mediaType "
            "byteSize compressFormat packageFormat endpointURL endpointDescription servesDataset inSeries seriesMember startDate endDate bbox "
            "centroid version themeTaxonomy temporalResolution spatialResolutionInMeters qualifiedRelation hasVersion isVersionOf "
            "Dataset DatasetSeries DataService Distribution Catalog CatalogRecord Resource",
    "dct": "title description identifier issued modified created publisher creator license rights accessRights accrualPeriodicity spatial "
           "temporal language format conformsTo provenance source relation isPartOf hasPart isReferencedBy type subject references "
           "LicenseDocument",
    "foaf": "name homepage page mbox phone primaryTopic Agent Organization Document",
    "vcard": "fn hasEmail hasTelephone hasURL hasValue hasFN organization-name email Kind Individual",
    "adms": "status versionNotes sample schemaAgency Identifier",
    "skos": "prefLabel altLabel notation exactMatch inScheme Concept",
    "spdx": "checksum checksumValue algorithm Checksum", "rdfs": "label comment seeAlso",
    "prov": "wasGeneratedBy qualifiedAttribution", "locn": "geometry",
    "dcatap": "applicableLegislation availability hvdCategory", "odrl": "hasPolicy", "cnt": "characterEncoding",
    "hydra": "totalItems next nextPage view member Collection PagedCollection PartialCollectionView",
}
# Terms that are written in several ways, or whose own name means something else elsewhere.
_OTHER_NAMES = {
    "adms:identifier": "otherIdentifier", "owl:versionInfo": "version", "dct:isVersionOf": "isVersionOf", "dct:hasVersion": "hasVersion",
    "dcat:Catalogue": "Catalog", "dcat:servesdataset": "servesDataset", "vcard:Organization": "Organization", "vcard:tel": "hasTelephone",
    "dc:title": "title", "dc:description": "description", "dc:identifier": "identifier", "dc:publisher": "publisher", "dc:creator": "creator",
    "dc:rights": "rights", "dc:date": "issued", "dc:format": "format", "dc:language": "language", "dct:abstract": "description",
    "dct:bibliographicCitation": "citation", "dct:date": "issued", "time:hasBeginning": "startDate", "time:hasEnd": "endDate",
    "schema:startDate": "startDate", "schema:endDate": "endDate", "schema:Dataset": "Dataset", "schema:DataCatalog": "Catalog",
    "schema:DataDownload": "Distribution", "schema:dataset": "dataset", "schema:name": "title", "schema:description": "description",
    "schema:identifier": "identifier", "schema:keywords": "keyword", "schema:license": "license", "schema:distribution": "distribution",
    "schema:contentUrl": "downloadURL", "schema:encodingFormat": "format", "schema:publisher": "publisher", "schema:creator": "creator",
    "schema:dateModified": "modified", "schema:datePublished": "issued", "schema:dateCreated": "created", "schema:url": "landingPage",
    "schema:version": "version", "schema:contactPoint": "contactPoint", "schema:email": "hasEmail", "schema:telephone": "hasTelephone",
    "schema:spatialCoverage": "spatial", "schema:temporalCoverage": "temporal", "schema:inLanguage": "language",
    "schema:contentSize": "byteSize",
}
# The names that DCAT-AP's own JSON-LD contexts give, where they differ.
CONTEXT_NAMES = {
    "Catalogue": "dcat:Catalog", "CatalogueRecord": "dcat:CatalogRecord", "DatasetMemberOfADatasetSeries": "dcat:Dataset",
    "LicenceDocument": "dct:LicenseDocument", "datasetDistribution": "dcat:distribution", "catalogue": "dcat:catalog",
    "licence": "dct:license", "frequency": "dct:accrualPeriodicity", "preferredLabel": "skos:prefLabel", "documentation": "foaf:page",
    "releaseDate": "dct:issued", "listingDate": "dct:issued", "modificationDate": "dct:modified", "updateDate": "dct:modified",
    "geographicalCoverage": "dct:spatial", "geographic": "dct:spatial", "temporalCoverage": "dct:temporal", "category": "dcat:theme",
    "tag": "dcat:keyword", "themes": "dcat:themeTaxonomy", "linkedSchemas": "dct:conformsTo", "applicationProfile": "dct:conformsTo",
    "compressionFormat": "dcat:compressFormat", "packagingFormat": "dcat:packageFormat", "accessUrl": "dcat:accessURL",
    "downloadUrl": "dcat:downloadURL", "endpointUrl": "dcat:endpointURL", "boundingBox": "dcat:bbox", "relatedResource": "dct:relation",
    "sourceMetadata": "dct:source", "spatialResolution": "dcat:spatialResolutionInMeters", "beginning": "time:hasBeginning",
    "end": "time:hasEnd", "next": "dcat:next", "previous": "dcat:prev", "first": "dcat:first", "last": "dcat:last",
    "otherIdentifier": "adms:identifier", "changeType": "adms:status",
}
# Terms whose values are texts; the value of any other is an address or an object.
TEXTS = {
    "title", "description", "name", "keyword", "tag", "prefLabel", "preferredLabel", "altLabel", "versionNotes", "label", "comment", "fn",
    "organization-name",
}
_PLAIN = {
    "identifier", "issued", "modified", "created", "byteSize", "version", "notation", "checksumValue", "startDate", "endDate", "geometry",
    "bbox", "centroid", "totalItems", "temporalResolution", "spatialResolutionInMeters", "characterEncoding", "hasValue", "schemaAgency",
    "releaseDate", "listingDate", "modificationDate", "updateDate", "boundingBox", "spatialResolution", "beginning", "end",
}
_TYPES = {"Individual", "Kind"}


def full(curie: str) -> str:
    """The address of a term written with one of our prefixes."""
    prefix, _, name = curie.partition(":")
    return PREFIXES[prefix] + name


def short_names() -> dict[str, str]:
    """Every known term's short name by its address; addresses with https where http is right are known too."""
    names = {PREFIXES[prefix] + name: name for prefix, words in _OWN_NAMES.items() for name in words.split()}
    names |= {full(curie): name for curie, name in _OTHER_NAMES.items()}
    secure = {address.replace("http://", "https://", 1): name for address, name in names.items()}
    return secure | names


def context_terms() -> dict[str, object]:
    """The terms of a JSON-LD context that reads documents written for any of the DCAT contexts."""
    own = {name: f"{prefix}:{name}" for prefix, words in _OWN_NAMES.items() if prefix != "hydra" for name in words.split()}
    terms: dict[str, object] = {**PREFIXES, "nal-frequency": "http://publications.europa.eu/resource/authority/frequency/"}
    for name, curie in {**own, **CONTEXT_NAMES}.items():
        if name in TEXTS:
            terms[name] = {"@id": full(curie), "@container": ["@set", "@language"]}
        elif name[0].isupper() or name in _PLAIN | _TYPES:
            terms[name] = full(curie)
        else:
            terms[name] = {"@id": full(curie), "@type": "@id"}
    return terms
