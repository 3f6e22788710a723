using System.Text;
using Xunit.Abstractions;

namespace Shale.Sql.Tests.Procedural;

/// <summary>Blocks of PL/pgSQL: what they are read as, where they are wrong, and that nothing but a VitessException comes of what is none.</summary>
public class PlParserTests(ITestOutputHelper output)
{
    private const string Block = """
        <<around>>
        DECLARE
            total int := 0; name t.name%TYPE; one t%ROWTYPE; r record; c CONSTANT numeric(5,2) NOT NULL DEFAULT 1.5;
        BEGIN
            total := total + 1; r.x = 5;
            IF total > 1 THEN NULL; ELSIF EXISTS (SELECT 1 FROM t) THEN PERFORM f(1); ELSE RAISE NOTICE '% %%', total USING hint = 'h'; END IF;
            CASE total WHEN 1, 2 THEN RETURN; ELSE ASSERT true, 'x'; END CASE;
            <<rows>> FOR r IN SELECT * FROM t WHERE a = total LOOP EXIT rows WHEN r.a > 3; CONTINUE; END LOOP rows;
            FOR i IN REVERSE 10..1 BY 2 LOOP total := i; END LOOP;
            FOR r IN EXECUTE 'SELECT $1' USING total LOOP NULL; END LOOP;
            FOREACH total IN ARRAY ARRAY[1, 2] LOOP NULL; END LOOP;
            WHILE false LOOP NULL; END LOOP;
            SELECT a, b INTO STRICT total, name FROM t;
            INSERT INTO t VALUES (total) RETURNING a INTO around.total;
            EXECUTE 'x' || total INTO r USING 1, total;
            GET DIAGNOSTICS total = ROW_COUNT;
            COMMIT;
            BEGIN
                RAISE unique_violation;
            EXCEPTION
                WHEN unique_violation OR SQLSTATE '22012' THEN GET STACKED DIAGNOSTICS name = MESSAGE_TEXT; RAISE;
                WHEN OTHERS THEN RAISE EXCEPTION USING message = SQLERRM, errcode = SQLSTATE;
            END;
        END around;
        """;

    private static readonly string[] Words = ["BEGIN", "END", ";", "IF", "THEN", "LOOP", "FOR", "IN", "..", "DECLARE", "x", "int", ":=", "=", "(", ")", "[", "]", "CASE", "WHEN", "ELSE", "INTO", "USING", "EXCEPTION", "RAISE", "'", "$$", "<<", ">>", "%", ".", ",", "1", "EXECUTE", "NULL", "--", "/*", "record"];

    [Fact]
    public void Parse_Block_IsWhatWasWritten()
    {
        var routine = PlRoutine.Parse(Block);
        Assert.Equal("around", routine.Body.Label);
        Assert.Equal(["total", "name", "one", "r", "c"], routine.Body.Variables.Select(variable => variable.Name));
        Assert.Equal([PlKind.Scalar, PlKind.ColumnType, PlKind.RowType, PlKind.Record, PlKind.Scalar], routine.Body.Variables.Select(variable => variable.Kind));
        Assert.Equal(
            ["assignment", "assignment", "IF", "CASE", "FOR over SELECT rows", "FOR with integer loop variable", "FOR over EXECUTE statement", "FOREACH over array", "WHILE", "SQL statement", "SQL statement", "EXECUTE", "GET DIAGNOSTICS", "COMMIT", "statement block"],
            routine.Body.Body.Select(statement => statement.Kind));
        var into = Assert.IsType<PlSql>(routine.Body.Body[9]);
        Assert.Equal(("SELECT a, b FROM t", true, 13), (into.Text.Sql, into.Into!.IsStrict, into.Line));
        Assert.Equal("INSERT INTO t VALUES (total) RETURNING a", Assert.IsType<PlSql>(routine.Body.Body[10]).Text.Sql);
    }

    [Theory]
    [InlineData("BEGIN x := 1; END", "42601", "\"x\" is not a known variable", 1)]
    [InlineData("BEGIN\n  IF true THEN\nEND", "42601", "syntax error", 3)]
    [InlineData("DECLARE\n x int;\n x text;\nBEGIN END", "42601", "duplicate declaration at or near \"x\"", 3)]
    [InlineData("DECLARE x CONSTANT int := 1; BEGIN x := 2; END", "22005", "variable \"x\" is declared CONSTANT", 1)]
    [InlineData("BEGIN\n\nSELECT 1 FROM; END", "42601", "syntax error", 3)]
    [InlineData("BEGIN RAISE NOTICE '%'; END", "42601", "too few parameters specified for RAISE", 1)]
    [InlineData("BEGIN RAISE NOTICE '', 1; END", "42601", "too many parameters specified for RAISE", 1)]
    [InlineData("BEGIN RAISE no_such_thing; END", "42704", "unrecognized exception condition \"no_such_thing\"", 1)]
    [InlineData("BEGIN EXIT; END", "42601", "EXIT cannot be used outside a loop, unless it has a label", 1)]
    [InlineData("<<b>> BEGIN LOOP CONTINUE b; END LOOP; END", "42601", "block label \"b\" cannot be used in CONTINUE", 1)]
    [InlineData("BEGIN LOOP EXIT a; END LOOP; END", "42601", "there is no label \"a\"", 1)]
    [InlineData("BEGIN RETURN 1; END", "42804", "RETURN cannot have a parameter", 1)]
    [InlineData("BEGIN FOR x IN SELECT 1 LOOP NULL; END LOOP; END", "42601", "loop variable of loop over rows must be a record", 1)]
    [InlineData("DECLARE c CURSOR FOR SELECT 1; BEGIN END", "0A000", "a cursor variable is not supported", 1)]
    [InlineData("DECLARE a int[]; BEGIN a[1] := 2; END", "0A000", "assignment to an element of an array", 1)]
    [InlineData("BEGIN END x", "42601", "end label \"x\" specified for unlabeled block", 1)]
    [InlineData("SELECT 1", "42601", "syntax error", 1)]
    [InlineData("BEGIN 'open", "42601", "unterminated", 1)]
    public void Parse_WhatIsWrong_SaysWhere(string block, string sqlState, string message, int line)
    {
        var failure = Assert.Throws<VitessException>(() => PlRoutine.Parse(block));
        Assert.Equal(sqlState, failure.SqlState);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Equal($"compilation of PL/pgSQL function \"inline_code_block\" near line {line}", failure.Context);
    }

    [Fact]
    [Trait("Category", "Random")]
    public void Parse_MutatedBlocks_OnlyFailAsTheyShould()
    {
        var random = new Random(Seeds.Print(output));
        for (var i = 0; i < Seeds.Rounds(3_000); i++)
        {
            var text = new StringBuilder(Block);
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0) text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at));
                else text.Insert(at, " " + Words[random.Next(Words.Length)] + " ");
            }

            RequireKnown(text.ToString());
        }

        for (var end = 0; end < Block.Length; end++) RequireKnown(Block[..end]);
    }

    private static void RequireKnown(string text)
    {
        try
        {
            _ = PlRoutine.Parse(text);
        }
        catch (VitessException)
        {
            // So it should be.
        }
        catch (Exception failure)
        {
            Assert.Fail($"{failure.GetType().Name}: {failure.Message}\n{text}");
        }
    }
}
