package dev.gatun.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.OptionalDouble;

/**
 * A number, or why there is none. In JSON the member that is absent is left out.
 *
 * @param value null when it is unavailable
 * @param unavailable why; null when there is a value
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Quantity(Double value, String unavailable) {
  public Quantity {
    if ((value == null) == (unavailable == null)) {
      throw new IllegalArgumentException("either a value or a reason");
    }
  }

  public static Quantity of(double value) {
    return new Quantity(value, null);
  }

  public static Quantity unavailable(String reason) {
    return new Quantity(null, reason);
  }

  @JsonIgnore
  public boolean isKnown() {
    return value != null;
  }

  public OptionalDouble known() {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
