package dev.gatun.bench.task;

/** Samples of what a kind of model is for, in a scenario. */
public record QueryTest(ModelKind kind, Scenario scenario) implements BenchTest {
  @Override
  public String label() {
    return kind.label();
  }

  @Override
  public String unit() {
    return kind.unit();
  }

  @Override
  public int items() {
    return scenario.samples();
  }
}
