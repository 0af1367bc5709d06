package dev.gatun.models.jinja;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds for each frame the names that belong to it from its start, by jinja2's rules: see {@link
 * Frame}.
 */
final class NameAnalysis {
  private final NameAnalysis parent;

  /** Names that the frame mentions. */
  private final Set<String> mentioned = new HashSet<>();

  /** Names that it mentions first by assigning to them. */
  private final Set<String> unassigned = new LinkedHashSet<>();

  private NameAnalysis(NameAnalysis parent) {
    this.parent = parent;
  }

  /** Analyses a whole template. */
  static void analyse(Frame root) {
    new NameAnalysis(null).frame(root);
  }

  /** Looks through a frame whose parameters are mentioned already, then through those inside it. */
  private void frame(Frame frame) {
    mention(frame.body());
    frame.unassigned(unassigned);
    descend(frame.body());
  }

  private boolean isKnownOutside(String name) {
    for (NameAnalysis outer = parent; outer != null; outer = outer.parent) {
      if (outer.mentioned.contains(name)) {
        return true;
      }
    }
    return false;
  }

  private void assign(String name) {
    if (mentioned.add(name) && !isKnownOutside(name)) {
      unassigned.add(name);
    }
  }

  private void assign(Target target) {
    switch (target) {
      case Target.Variable variable -> assign(variable.name());
      case Target.Attribute attribute -> mentioned.add(attribute.namespace());
      case Target.Unpacked unpacked -> unpacked.targets().forEach(this::assign);
    }
  }

  private void parameter(Target target) {
    switch (target) {
      case Target.Variable variable -> mentioned.add(variable.name());
      case Target.Attribute attribute -> mentioned.add(attribute.namespace());
      case Target.Unpacked unpacked -> unpacked.targets().forEach(this::parameter);
    }
  }

  private void read(Expr expression) {
    new NameReads(mentioned).collect(expression);
  }

  /** What statements mention in the frame that they stand in. */
  private void mention(List<Stmt> statements) {
    for (Stmt statement : statements) {
      switch (statement) {
        case Stmt.Print print -> read(print.value());
        case Stmt.Assign assign -> {
          read(assign.value());
          assign(assign.target());
        }
        case Stmt.AssignBlock block -> assign(block.target());
        case Stmt.If conditional -> mention(conditional);
        case Stmt.With with -> with.bindings().forEach(binding -> read(binding.value()));
        case Stmt.FilterBlock block ->
            block.filters().forEach(filter -> new NameReads(mentioned).collect(filter.arguments()));
        case Stmt.DefineMacro macro -> assign(macro.macro().name());
        case Stmt.CallBlock block -> read(block.call());
        case For loop -> read(loop.iterable());
        case Stmt.Text text -> {}
        case Stmt.Block block -> {}
        case Stmt.Jump jump -> {}
      }
    }
  }

  /** What only some branches assign to may have its value from outside. */
  private void mention(Stmt.If conditional) {
    Set<String> before = new HashSet<>(unassigned);
    for (Stmt.Branch branch : conditional.branches()) {
      read(branch.test());
      mention(branch.body());
    }
    mention(conditional.otherwise());
    unassigned.retainAll(before);
  }

  private void descend(List<Stmt> statements) {
    for (Stmt statement : statements) {
      switch (statement) {
        case For loop -> {
          NameAnalysis body = new NameAnalysis(this);
          body.parameter(loop.target());
          body.mentioned.add("loop");
          body.frame(loop.body());
          new NameAnalysis(this).frame(loop.otherwise());
        }
        case Stmt.If conditional -> {
          conditional.branches().forEach(branch -> descend(branch.body()));
          descend(conditional.otherwise());
        }
        case Stmt.DefineMacro macro -> macro(macro.macro());
        case Stmt.CallBlock block -> macro(block.caller());
        case Stmt.AssignBlock block -> new NameAnalysis(this).frame(block.body());
        case Stmt.FilterBlock block -> new NameAnalysis(this).frame(block.body());
        case Stmt.With with -> {
          NameAnalysis body = new NameAnalysis(this);
          with.bindings().forEach(binding -> body.parameter(binding.target()));
          body.frame(with.body());
        }
        case Stmt.Block block -> new NameAnalysis(block.scoped() ? this : null).frame(block.body());
        case Stmt.Text text -> {}
        case Stmt.Print print -> {}
        case Stmt.Assign assign -> {}
        case Stmt.Jump jump -> {}
      }
    }
  }

  private void macro(MacroDefinition macro) {
    NameAnalysis body = new NameAnalysis(this);
    for (MacroDefinition.Parameter parameter : macro.parameters()) {
      body.mentioned.add(parameter.name());
    }
    for (MacroDefinition.Parameter parameter : macro.parameters()) {
      if (parameter.byDefault() != null) {
        body.read(parameter.byDefault());
      }
    }
    if (macro.takesCaller()) {
      body.mentioned.add("caller");
    }
    if (macro.takesKeywords()) {
      body.mentioned.add("kwargs");
    }
    if (macro.takesVarargs()) {
      body.mentioned.add("varargs");
    }
    body.frame(macro.body());
  }
}
