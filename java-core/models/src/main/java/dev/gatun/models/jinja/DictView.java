package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code dict.keys()}, {@code values()} and {@code items()} return: sized and iterable, not
 * indexable.
 */
record DictView(Kind kind, Dict dict) implements Value {
  enum Kind {
    KEYS,
    VALUES,
    ITEMS
  }

  List<Value> items() {
    List<Value> items = new ArrayList<>(dict.size());
    for (Dict.Entry entry : dict.entries()) {
      items.add(
          switch (kind) {
            case KEYS -> entry.key();
            case VALUES -> entry.value();
            case ITEMS -> TupleValue.pair(entry.key(), entry.value());
          });
    }
    return items;
  }

  @Override
  public String typeName() {
    return switch (kind) {
      case KEYS -> "dict_keys";
      case VALUES -> "dict_values";
      case ITEMS -> "dict_items";
    };
  }
}
