package dev.gatun.bench.task;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What is asked of a model. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TokenTest.class, name = "tokens"),
  @JsonSubTypes.Type(value = QueryTest.class, name = "queries")
})
public sealed interface BenchTest permits TokenTest, QueryTest {
  /** Short and unique among the tests of a model and a scenario. */
  String label();

  Scenario scenario();

  /** What is counted: {@code tokens}, {@code texts}. */
  String unit();

  /** Units that one query handles. */
  int items();
}
