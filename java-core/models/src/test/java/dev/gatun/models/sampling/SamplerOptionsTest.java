package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SamplerOptionsTest {
  @Test
  void eachWitherChangesItsOwnComponentOnly() throws ReflectiveOperationException {
    Map<String, Object> values =
        Map.of(
            "logitBias",
            Map.of(1, 2f),
            "seed",
            77L,
            "dry",
            DryOptions.DISABLED.withMultiplier(3),
            "mirostat",
            MirostatOptions.DISABLED.withTau(4),
            "version",
            2,
            "sequenceBreakers",
            new SequenceBreakers(List.of(List.of(1))));
    for (Record start :
        List.of(SamplerOptions.DEFAULT, DryOptions.DISABLED, MirostatOptions.DISABLED)) {
      for (RecordComponent component : start.getClass().getRecordComponents()) {
        Object value =
            values.getOrDefault(
                component.getName(), component.getType() == int.class ? (Object) 5 : 0.25f);
        Method wither = null;
        for (Method method : start.getClass().getMethods()) {
          if (method.getName().equalsIgnoreCase("with" + component.getName())) {
            wither = method;
          }
        }
        Object changed = wither.invoke(start, value);
        for (RecordComponent other : start.getClass().getRecordComponents()) {
          Object expected = other.getAccessor().invoke(start);
          if (other.getName().equals(component.getName())) {
            expected = component.getName().equals("seed") ? OptionalLong.of(77) : value;
          }
          assertEquals(expected, other.getAccessor().invoke(changed), wither + " " + other);
        }
      }
    }
  }

  @Test
  void valuesOutOfRangeAreRefusedByName() {
    SamplerOptions options = SamplerOptions.DEFAULT;
    refused("temperature", () -> options.withTemperature(-0.1f));
    refused("temperature", () -> options.withTemperature(Float.NaN));
    refused("temperature", () -> options.withTemperature(Float.POSITIVE_INFINITY));
    refused("top-p", () -> options.withTopP(-1));
    refused("min-p", () -> options.withMinP(1.5f));
    refused("typical-p", () -> options.withTypicalP(Float.NaN));
    refused("repeat penalty", () -> options.withRepeatPenalty(0));
    refused("repeat penalty", () -> options.withRepeatPenalty(Float.MIN_VALUE));
    refused("presence penalty", () -> options.withPresencePenalty(Float.NaN));
    refused("frequency penalty", () -> options.withFrequencyPenalty(Float.NEGATIVE_INFINITY));
    refused("last n", () -> options.withPenaltyLastN(-1));
    refused("token 3", () -> options.withLogitBias(Map.of(3, Float.POSITIVE_INFINITY)));
    refused("token 3", () -> options.withLogitBias(Map.of(3, Float.NaN)));
    refused("DRY multiplier", () -> DryOptions.DISABLED.withMultiplier(-1));
    refused("DRY base", () -> DryOptions.DISABLED.withBase(Float.NaN));
    refused("DRY allowed length", () -> DryOptions.DISABLED.withAllowedLength(-1));
    refused("DRY last n", () -> DryOptions.DISABLED.withPenaltyLastN(-1));
    refused("mirostat", () -> MirostatOptions.DISABLED.withVersion(1));
    refused("tau", () -> MirostatOptions.DISABLED.withTau(-1));
    refused("eta", () -> MirostatOptions.DISABLED.withEta(Float.NaN));
  }

  private static void refused(String name, Executable change) {
    var thrown = assertThrows(GatunException.class, change);
    assertEquals(Kind.USAGE, thrown.kind());
    assertTrue(thrown.getMessage().contains(name), thrown.getMessage());
  }

  @Test
  void aHugeWindowCostsNothingUntilItIsUsed() {
    var options =
        SamplerOptions.DEFAULT
            .withRepeatPenalty(2)
            .withPenaltyLastN(Integer.MAX_VALUE)
            .withDry(DryOptions.DISABLED.withMultiplier(1).withPenaltyLastN(Integer.MAX_VALUE))
            .withTemperature(0);
    var sampler = new Sampler(options, 3);
    for (int i = 0; i < 1000; i++) {
      sampler.accept(1);
    }
    assertEquals(2, sampler.sample(new float[] {0, 1.5f, 1}));
  }
}
