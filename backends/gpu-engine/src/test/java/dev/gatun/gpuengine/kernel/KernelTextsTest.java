package dev.gatun.gpuengine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.gpuengine.driver.KernelLanguage;
import org.junit.jupiter.api.Test;

class KernelTextsTest {
  private final KernelTexts texts = new KernelTexts(KernelLanguage.CUDA);

  @Test
  void aFamilyIsOneTextWithItsPreludeInFront() {
    for (KernelLanguage language : KernelLanguage.values()) {
      String text = texts.source("norm", language).text();
      assertTrue(text.startsWith("/*"), "the prelude's comment");
      assertTrue(text.contains("#define GATUN_" + language), language + "'s prelude");
      assertTrue(text.contains("KERNEL(rms_norm,"));
      assertFalse(text.contains("#include \""), "an include is left in " + language);
      String shared = "DEVICE float group_sum(";
      assertEquals(text.indexOf(shared), text.lastIndexOf(shared), "included once");
      assertTrue(text.indexOf(shared) < text.indexOf("KERNEL(rms_norm,"));
    }
  }

  @Test
  void metalHasNoDoublePrecision() {
    assertTrue(texts.has("cast_f64"));
    assertFalse(new KernelTexts(KernelLanguage.METAL).has("cast_f64"));
  }

  @Test
  void kernelsAreFoundByTheirNames() {
    assertEquals("weights_q4_k", texts.family("matvec_q4_k").orElseThrow());
    assertTrue(texts.has("attention_f16"));
    assertFalse(texts.has("no_kernel"));
    assertTrue(texts.family("no_kernel").isEmpty());
  }
}
