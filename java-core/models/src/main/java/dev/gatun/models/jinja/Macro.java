package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro with the scope that it was defined in. Returns what its body prints. */
final class Macro implements Callable {
  private final MacroDefinition definition;
  private final Scope definedIn;

  Macro(MacroDefinition definition, Scope definedIn) {
    this.definition = definition;
    this.definedIn = definedIn;
  }

  @Override
  public Value call(Interpreter in, Arguments args) {
    Scope scope = definition.body().scope(definedIn);
    boolean[] missing = bind(scope, args);
    int line = in.line();
    Scope outer = in.swapScope(scope);
    StringBuilder text = new StringBuilder();
    StringBuilder output = in.swapOutput(text);
    setDefaults(in, scope, missing);
    definition.body().exec(in);
    in.swapOutput(output);
    in.swapScope(outer);
    in.line(line);
    return Str.of(text.toString());
  }

  /** Sets what was given; says which parameters were not. */
  private boolean[] bind(Scope scope, Arguments args) {
    List<MacroDefinition.Parameter> parameters = definition.parameters();
    Map<String, Value> keywords = new LinkedHashMap<>(args.keywords());
    int given = Math.min(args.positional().size(), parameters.size());
    boolean[] missing = new boolean[parameters.size()];
    boolean callerBound = given == parameters.size() && definition.hasParameter("caller");
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      Value value = i < given ? args.positional().get(i) : keywords.remove(name);
      if (i >= given && name.equals("caller")) {
        callerBound = true;
      }
      // Until the defaults are set, a parameter that was not given hides outer variables.
      missing[i] = value == null;
      scope.set(
          name,
          missing[i] ? Undefined.because("parameter '" + name + "' was not provided") : value);
    }
    if (definition.takesCaller() && !callerBound) {
      Value caller = keywords.remove("caller");
      scope.set("caller", caller == null ? Undefined.because("no caller defined") : caller);
    }
    if (definition.takesKeywords()) {
      Dict rest = new Dict();
      keywords.forEach(rest::put);
      scope.set("kwargs", rest);
    } else if (!keywords.isEmpty()) {
      throw JinjaException.runtime(
          label() + " takes no keyword argument among " + keywords.keySet());
    }
    List<Value> more = args.positional().subList(given, args.positional().size());
    if (definition.takesVarargs()) {
      scope.set("varargs", new TupleValue(new ArrayList<>(more)));
    } else if (!more.isEmpty()) {
      throw JinjaException.runtime(
          label() + " takes not more than " + parameters.size() + " arguments");
    }
    return missing;
  }

  private void setDefaults(Interpreter in, Scope scope, boolean[] missing) {
    for (int i = 0; i < missing.length; i++) {
      MacroDefinition.Parameter parameter = definition.parameters().get(i);
      if (missing[i] && parameter.byDefault() != null) {
        scope.set(parameter.name(), parameter.byDefault().eval(in));
      }
    }
  }

  @Override
  public Value attribute(Interpreter in, String name) {
    return switch (name) {
      case "name" -> definition.name() == null ? None.NONE : Str.of(definition.name());
      case "arguments" -> {
        List<Value> names = new ArrayList<>();
        for (MacroDefinition.Parameter parameter : definition.parameters()) {
          names.add(Str.of(parameter.name()));
        }
        yield new TupleValue(names);
      }
      case "catch_kwargs" -> Bool.of(definition.takesKeywords());
      case "catch_varargs" -> Bool.of(definition.takesVarargs());
      case "caller" -> Bool.of(definition.takesCaller());
      default -> null;
    };
  }

  private String label() {
    return definition.name() == null ? "the call block" : "macro '" + definition.name() + "'";
  }

  @Override
  public String describe() {
    return definition.name() == null ? "<Macro anonymous>" : "<Macro '" + definition.name() + "'>";
  }

  @Override
  public String typeName() {
    return "Macro";
  }
}
