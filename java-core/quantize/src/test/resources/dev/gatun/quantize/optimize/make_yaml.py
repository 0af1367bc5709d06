# Makes yaml.json: documents, and what PyYAML 6.0.4 reads in them (python make_yaml.py > yaml.json).
import json

import yaml

DOCUMENTS = [
    "schema: gatun.workflow/1\ngoal: accuracy>=0.9,size\npasses:\n- pass: quantize\n  types: [Q8_0, Q4_K_M]\n- pass: restore\n",
    "---\n# a comment\na:   # another\n  b:\n    c: 1\n    d: -2.5\n  e: [x, 'y z', \"q\\\"t\\u00e9\"]  # end\n",
    "- 1\n-\n  - a\n  - b: c\n    d:\n    - e\n    -   f: g\n        h: i\n- - x\n  - y\n- {}\n- []\n",
    "list:\n- a\n- b\nother:\n  - c\n  -\n   k: v\n  - null\nempty:\nlast: ~\n",
    "a: {b: [1, {c: d}], 'e f': true, g: -0.5}\n",
    "a: [one,\n    two,   # comment\n    {three: 3}]\nb: false\n",
    "path: C:\\models\\x\nurl: http://example/x#y\ntime: 'it''s'\nplain: it's # fine\nhash: a#b\npipe: attn_v|attn_output\n",
    "\"quoted: key\": 1\n'single': two words\nnumber key: 007x\nversion: 1.2.3\ndash: -a\n",
    "a: ''\nb: \"\"\nc: \"tab\\tend\\\\\"\nd: '# no comment'\ne: \"# none\"\n",
    "deep:\n    four:\n        eight: yes please\n    same: 1.0e+3\nback: [a b, c-d, ^output, ffn_down]\n",
    "a:\n- b:\n  - c\n- d\n",
    "x: [a, b, ]\ny: {p: q, }\n",
    "",
    "only text\n",
    "[1, 2]\n",
    "{\"json\": [true, null, 1.5, \"s\"]}\n",
]

print(json.dumps([{"yaml": text, "json": yaml.safe_load(text)} for text in DOCUMENTS], indent=1))
