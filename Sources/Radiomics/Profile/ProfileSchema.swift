extension BiomarkerProfile {
  /// The JSON Schema (draft 2020-12) of profiles, which editors check files against.
  public static let schema = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Quantitative imaging biomarker profile",
      "type": "object",
      "required": ["name", "version", "measurands"],
      "additionalProperties": false,
      "properties": {
        "format": { "const": 1 },
        "name": { "type": "string" },
        "version": { "type": ["string", "number"] },
        "description": { "type": "string" },
        "segmentation": { "type": "string", "description": "How the region is outlined." },
        "measurands": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/measurand" } },
        "conditions": {
          "type": "object",
          "description": "Facts of the acquisition, named as in the provenance.",
          "additionalProperties": { "$ref": "#/$defs/condition" }
        }
      },
      "$defs": {
        "measurand": {
          "type": "object",
          "required": ["column", "feature", "unit"],
          "additionalProperties": false,
          "properties": {
            "column": { "type": "string", "description": "Column of the feature table." },
            "feature": { "type": "string", "description": "IBSI code or tag." },
            "unit": { "type": ["string", "number"] },
            "fingerprint": { "type": "string", "description": "Of the column, or its beginning." },
            "claim": { "$ref": "#/$defs/claim" }
          }
        },
        "claim": {
          "type": "object",
          "required": ["source"],
          "additionalProperties": false,
          "properties": {
            "rc": { "type": "number", "exclusiveMinimum": 0, "description": "Repeatability coefficient, in the unit." },
            "wsd": { "type": "number", "exclusiveMinimum": 0, "description": "Within-subject SD, in the unit." },
            "wcv": { "type": "number", "exclusiveMinimum": 0, "description": "Within-subject CV, a fraction." },
            "pct_rc": { "type": "number", "exclusiveMinimum": 0, "description": "%RC." },
            "source": { "type": "string", "description": "The study that has shown it." },
            "df": { "type": "number", "minimum": 1, "description": "Degrees of freedom of that study." },
            "range": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 }
          },
          "oneOf": [
            { "required": ["rc"] }, { "required": ["wsd"] }, { "required": ["wcv"] }, { "required": ["pct_rc"] }
          ]
        },
        "condition": {
          "oneOf": [
            { "type": ["string", "number"] },
            { "type": "array", "items": { "type": ["string", "number"] } },
            {
              "type": "object", "required": ["value"], "additionalProperties": false,
              "properties": { "value": { "type": "number" }, "tolerance": { "type": "number", "minimum": 0 } }
            },
            {
              "type": "object", "minProperties": 1, "additionalProperties": false,
              "properties": { "at_least": { "type": "number" }, "at_most": { "type": "number" } }
            },
            {
              "type": "object", "required": ["one_of"], "additionalProperties": false,
              "properties": { "one_of": { "type": "array", "items": { "type": ["string", "number"] } } }
            }
          ]
        }
      }
    }

    """
}
