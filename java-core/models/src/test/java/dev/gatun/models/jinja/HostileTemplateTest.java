package dev.gatun.models.jinja;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that try to hang, to exhaust memory or the stack, or to reach what they must not. */
class HostileTemplateTest {
  /** How many times the usual rounds are made; {@code scripts/test --all} sets it. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  private static final Map<String, Object> NOTHING = Map.of();

  /** Only against hanging: a busy machine takes long for what is a second of work. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static String render(String template) {
    return JinjaTemplate.parse(template).render(NOTHING, Clock.systemUTC(), Limits.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // time
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% set l = range(100000)|list %}{% for i in l %}{{ l|sort|length }}{% endfor %}",
        "{% set s = 'a' * 1000000 %}{% for i in range(9999) %}{{ s.find('a' * 500000 ~ 'b') }}{% endfor %}",
        "{% set s = 'a' * 1000000 %}{% for i in range(9999) %}{{ s.strip('b' * 500000 ~ 'a')|length }}{% endfor %}",
        "{% set s = 'a' * 9000000 %}{% for i in range(99999) %}{{ s == s ~ '' }}{% endfor %}",
        "{% set s = ' a' * 900000 %}{% for i in range(99999) %}{{ s.rsplit()|length }}{% endfor %}",
        "{% set b = 10 ** 4000 %}{% for i in range(100000) %}{% for j in range(99999) %}{% set x = b * b %}"
            + "{% endfor %}{% endfor %}",
        "{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l == n.l + [1] }}{{ n.l }}",
        "{% set n = namespace(l=(1,)) %}{% for i in range(60) %}{% set n.l = (n.l, n.l) %}{% endfor %}{{ {n.l: 1} }}",
        "{% set n = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l == n.m }}",
        // memory
        "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(x=0) %}{% set l = range(100000)|list %}{% for i in l %}{% set n.x = [l|list, n.x] %}{% endfor %}",
        "{% macro m() %}{{ varargs|length }}{% endmacro %}{% set l = range(100000) %}{% for i in l %}{{ m(*l) }}{% endfor %}",
        "{{ 'x' * 2000000000 }}",
        "{{ [1] * 2000000000 }}",
        "{{ 'ab'.center(2000000000) }}",
        "{{ 'ab'|center(2000000000) }}",
        "{{ '%2000000000d' % 1 }}",
        "{{ '%.2000000000f' % 1 }}",
        "{{ '%.2000000000d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{:.999999999}'.format(1.5) }}",
        "{{ '{:0999999999,}'.format(1) }}",
        "{{ '1'.zfill(2000000000) }}",
        "{{ '\t\t'.expandtabs(2000000000) }}",
        "{{ 'a'|indent(2000000000, true) }}",
        "{{ [[1]]|tojson(indent=2000000000) }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ 2 ** (10 ** 100) }}",
        "{{ 1.5|round(2000000000) }}",
        "{{ 15|round(-2000000000) }}",
        "{{ [1]|batch(2000000000, 0)|list }}",
        "{{ [1]|slice(2000000000)|list }}",
        "{{ range(1000000000) }}",
        "{{ 'a'.replace('', 'x' * 100000000) * 9 }}",
        "{{ ('x' * 100000000).replace('x', 'yy') }}",
        "{% macro m() %}{{ 'x' * 1000000 }}{% endmacro %}{% for i in range(1000) %}{{ m() }}{% endfor %}",
        // stack
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b(caller) }}{% endmacro %}{% macro b() %}{{ varargs }}{% call a() %}{% endcall %}{% endmacro %}{{ a() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set n = namespace(l=[]) %}{% for i in range(99999) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l }}",
        "{% set n = namespace(l=[]) %}{% for i in range(99999) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l|tojson }}",
        "{% set n = namespace(l=[]) %}{% for i in range(99999) %}{% set n.l = {'a': n.l} %}{% endfor %}{{ n.l == {'a': n.l.a } }}{{ n.l }}",
        "{% set n = namespace(l=()) %}{% for i in range(99999) %}{% set n.l = (n.l,) %}{% endfor %}{{ {n.l: 1} }}",
        "{% set n = namespace() %}{% set n.n = n %}{{ n }}",
        "{% set n = namespace(g=[1]) %}{% for i in range(9999) %}{% set n.g = n.g|map('string') %}{% endfor %}{{ n.g|list }}",
        "{% set n = namespace(g=[1]) %}{% for i in range(9999) %}{% set n.g = n.g|select %}{% endfor %}{{ n.g|list }}"
      })
  void isStoppedWithAClearMessage(String template) {
    JinjaException failure =
        Assertions.assertTimeoutPreemptively(
            PATIENCE, () -> assertThrows(JinjaException.class, () -> render(template)));
    assertEquals(JinjaException.Kind.LIMIT, failure.kind(), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        "[",
        "{'a':",
        "-",
        "not ",
        "x[",
        "f(",
        "1 if 1 else ",
        "'a' ~ (",
        "x is eq ["
      })
  void deepNestingOfExpressionsIsRefused(String open) {
    onSmallStack(
        () -> assertThrows(JinjaException.class, () -> render("{{ " + open.repeat(50_000))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" + 1", ".a", "[0]", "|upper", " and 1", " or 1", "()", " ** 1", " * 1", " if 1"})
  void longChainsAreRefused(String link) {
    onSmallStack(() ->
        assertThrows(JinjaException.class, () -> render("{{ x" + link.repeat(50_000) + " }}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if x %}",
        "{% for x in y %}",
        "{% macro m() %}",
        "{% set x %}",
        "{% filter upper %}",
        "{% with %}",
        "{% call x() %}",
        "{% generation %}"
      })
  void deepNestingOfStatementsIsRefused(String open) {
    onSmallStack(() -> assertThrows(JinjaException.class, () -> render(open.repeat(20_000))));
  }

  /** The default limits hold on the smallest stacks that threads are given. */
  private static void onSmallStack(Runnable task) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                task.run();
              } catch (Throwable t) {
                failure.set(t);
              }
            },
            "small stack",
            512 * 1024);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertNull(failure.get(), () -> String.valueOf(failure.get()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% macro m(x) %}{% if x %}{% for i in [1] %}{% set y %}{% filter upper %}{{ ((m(x) ~ 'a')|upper)[0] }}"
            + "{% endfilter %}{% endset %}{% endfor %}{% endif %}{% endmacro %}{{ m(1) }}",
        "{% macro m(x) %}{{ caller }}{% call m(x) %}{{ m(x) }}{% endcall %}{% endmacro %}{{ m(1) }}",
        "{% macro m(x) %}{{ [{'a': (1, -(m(x) if x else 0) + 1)}]|map('default', m(x))|list }}{% endmacro %}{{ m(1) }}"
      })
  void theDepthLimitFitsASmallStack(String template) {
    onSmallStack(() -> {
      JinjaException failure = assertThrows(JinjaException.class, () -> render(template));
      assertEquals(JinjaException.Kind.LIMIT, failure.kind(), failure.getMessage());
    });
  }

  @Test
  void reachesNothingOfJava() {
    assertEquals("", render("{{ ''.__class__ }}{{ [].class }}{{ {}.getClass }}{{ 1.hashCode }}"));
    assertThrows(JinjaException.class, () -> render("{{ ''.getClass() }}"));
    assertThrows(JinjaException.class, () -> render("{{ ''.__class__.__mro__ }}"));
    assertThrows(JinjaException.class, () -> render("{{ [].append(1) }}"));
  }

  @Test
  void aHugeSourceIsRefused() {
    JinjaException failure =
        assertThrows(
            JinjaException.class, () -> JinjaTemplate.parse("x".repeat(Lexer.MAX_SOURCE + 1)));
    assertEquals(JinjaException.Kind.SYNTAX, failure.kind());
  }

  @Test
  void cyclicAndForeignVariablesAreRefused() {
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    JinjaTemplate template = JinjaTemplate.parse("{{ x }}");
    assertThrows(
        IllegalArgumentException.class,
        () -> template.render(Map.of("x", cycle), Clock.systemUTC(), Limits.DEFAULT));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            template.render(
                Map.of("x", Thread.currentThread()), Clock.systemUTC(), Limits.DEFAULT));
  }

  /** Damaged templates either render or fail with our exception, in bounded time. */
  @Test
  void damagedTemplatesFailCleanly() throws Exception {
    List<String> sources = publishedTemplates();
    SplittableRandom random = new SplittableRandom(3);
    Map<String, Object> variables =
        Map.of(
            "messages",
            List.of(Map.of("role", "user", "content", "Hi"), Map.of("role", "x", "content", "y")),
            "add_generation_prompt",
            true);
    Limits limits = new Limits(50_000, 1 << 20, 200);
    int rendered = 0;
    int failed = 0;
    for (int i = 0; i < 1500 * EFFORT; i++) {
      String source = damaged(sources.get(random.nextInt(sources.size())), random);
      try {
        assertNotNull(JinjaTemplate.parse(source).render(variables, Clock.systemUTC(), limits));
        rendered++;
      } catch (JinjaException e) {
        assertNotNull(e.getMessage());
        failed++;
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("round " + i + ":\n" + source, e);
      }
    }
    assertTrue(rendered > 50 && failed > 50, rendered + " rendered, " + failed + " failed");
  }

  private static List<String> publishedTemplates() throws Exception {
    Path folder =
        Path.of(
            HostileTemplateTest.class
                .getResource("/dev/gatun/models/chat/templates/Qwen-Qwen3-0.6B.jinja")
                .toURI());
    List<String> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.getParent())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jinja")).sorted().toList()) {
        sources.add(read(file));
      }
    }
    return sources;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  private static String damaged(String source, SplittableRandom random) {
    StringBuilder text = new StringBuilder(source);
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(1, 40));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(from, to);
        case 1 -> text.insert(random.nextInt(text.length()), text.substring(from, to));
        case 2 -> text.setCharAt(from, (char) random.nextInt(0x20, 0x7f));
        default -> text.insert(from, "{{[(-|.%}\"'".charAt(random.nextInt(11)));
      }
      if (text.isEmpty()) {
        text.append('x');
      }
    }
    return text.toString();
  }

  @Test
  void aLongConversationStaysWithinTheLimits() throws Exception {
    List<Object> messages = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      messages.add(Map.of("role", "user", "content", "question " + "word ".repeat(40)));
      messages.add(Map.of("role", "assistant", "content", "answer " + "word ".repeat(40)));
    }
    Map<String, Object> variables =
        Map.of(
            "messages", messages, "add_generation_prompt", true, "bos_token", "", "eos_token", "");
    for (String source : publishedTemplates()) {
      JinjaTemplate template = JinjaTemplate.parse(source);
      assertDoesNotThrow(
          () -> {
            try {
              template.render(variables, Clock.systemUTC(), Limits.DEFAULT);
            } catch (JinjaException e) {
              if (e.kind() == JinjaException.Kind.LIMIT) {
                throw e;
              }
            }
          },
          source);
    }
  }
}
