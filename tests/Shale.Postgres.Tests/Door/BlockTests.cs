using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Blocks of PL/pgSQL: they tell, throw and leave behind what they do in PostgreSQL.</summary>
public sealed class BlockTests
{
    private static readonly string[] Blocks =
    [
        "declare total int := 0; begin for i in 1..5 loop total := total + i; end loop; raise notice 'total % of %%', total; end",
        "declare v text; begin select name into v from t where id = 2; raise notice '% %', v, found; select name into v from t where id = 99; raise notice '% %', v, found; end",
        "declare r record; begin for r in select id, name from t order by id loop raise notice '% is %', r.id, r.name; end loop; raise notice '%', found; end",
        "begin if not exists (select 1 from t where id = 3) then insert into t values (3, 'three', 3); elsif true then raise notice 'no'; else raise notice 'never'; end if; end",
        "declare c int; begin update t set n = n + 1 where id < 3; get diagnostics c = row_count; raise notice '% %', c, found; delete from t where id = 77; raise notice '%', found; end",
        "begin insert into t values (1, 'x', 0); exception when unique_violation then raise notice '%', sqlstate; end",
        "begin insert into t values (7, 'x', 0); insert into t values (1, 'x', 0); exception when check_violation then raise notice 'no'; when others then raise notice '%', sqlstate; insert into t values (8, 'eight', 8); end",
        "begin insert into t values (9, 'x', 0); raise exception 'no % no', 9 using errcode = '22012', hint = 'do not', detail = 'because'; end",
        "begin perform 1 / 0; end",
        "declare x int := 5; y text default 'a' || x; begin raise notice '%', y; y := x * 2; raise notice '%', y; x := '17'; raise notice '% %', x, y; x = 1.6; raise notice '%', x; end",
        "declare x varchar(3) := 'abcd'; begin raise notice '%', x; end",
        "declare x int not null := null; begin end",
        "declare x constant int := 3; begin x := 4; end",
        "declare x int not null := 1; begin x := null; end",
        "declare id int := 1; begin perform id from t where id = 1; end",
        "declare x t%rowtype; begin select * into x from t where id = 1; raise notice '% % %', x.id, x.name, x.n; end",
        "declare x t.n%type; y x%type; begin select n into x from t where id = 2; y := 1.239; raise notice '% %', x, y; end",
        "declare v text; begin execute 'create table made (a int primary key, b text)'; execute 'insert into made values ($1, $2)' using 5, 'five'; execute format('select b from %I where a = $1', 'made') into v using 5; raise notice '%', v; execute 'drop table made'; end",
        "<<around>> declare x int := 1; begin declare x int := 2; begin raise notice '% %', x, around.x; end; end around",
        "declare i int := 0; begin loop i := i + 1; exit when i > 3; continue when i = 2; raise notice '%', i; end loop; while i > 0 loop i := i - 3; end loop; raise notice '%', i; end",
        "begin for i in reverse 5..1 by 2 loop raise notice '%', i; end loop; for i in 3..1 loop raise notice 'no'; end loop; raise notice '%', found; for i in 1..2 by 0 loop null; end loop; end",
        "declare a int[] := array[3, 1, 2]; x int; begin foreach x in array a loop raise notice '%', x; end loop; raise notice '%', a; end",
        "declare x int := 3; begin case x when 1, 2 then raise notice 'low'; when 3 then raise notice 'three'; else raise notice 'else'; end case; case when x > 2 then raise notice 'more'; end case; case x when 9 then null; end case; end",
        "begin assert 1 < 2; assert 1 = 2, 'it is not'; end",
        "begin select 1; end",
        "begin insert into t values (40, 'r', 1) returning id; end",
        "declare v int; begin select id into strict v from t where id > 0; end",
        "declare v int; begin select id into strict v from t where id < 0; exception when no_data_found then raise notice 'none %', sqlerrm; end",
        "declare v int; begin update t set name = name returning id into v; end",
        "begin begin raise exception 'inner'; exception when raise_exception then raise; end; exception when others then raise notice 'again %', sqlerrm; end",
        "begin raise; end",
        "begin raise warning 'w'; raise info 'i'; raise debug 'd'; raise unique_violation; end",
        "begin raise sqlstate 'AB123' using message = 'mine', constraint = 'c', table = 'tt'; end",
        "begin raise exception using message = 'named', errcode = 'foreign_key_violation'; end",
        "begin begin raise division_by_zero; exception when data_exception then raise notice 'class %', sqlstate; end; begin raise query_canceled; exception when others then raise notice 'never'; end; end",
        "declare m text; s text; d text; begin raise exception 'm' using detail = 'd', errcode = '23514'; exception when others then get stacked diagnostics m = message_text, s = returned_sqlstate, d = pg_exception_detail; raise notice '% % %', m, s, d; end",
        "declare r record; begin for r in execute 'select id from t where id > $1 order by 1' using 1 loop raise notice '%', r.id; insert into t values (r.id + 100, 'copy', 1); end loop; end",
        "declare r record; begin insert into t values (30, 'ret', 3) returning id, name into r; raise notice '% %', r.id, r.name; end",
        "declare r record; begin raise notice '%', r.x; end",
        "declare r record; begin select 1 as one into r; raise notice '%', r.two; end",
        "declare x int := 10; r record; begin select x, x + 1 as y into r; raise notice '% %', r.x, r.y; end",
        "declare b boolean := 1 < 2; begin raise notice '% % %', b, null::int, true; if null then raise notice 'no'; else raise notice 'null is not true'; end if; end",
        "begin <<l>> for i in 1..3 loop for j in 1..3 loop continue when j = 1; exit l when i = 2; raise notice '% %', i, j; end loop; end loop l; end",
        "<<o>> begin exit o; raise notice 'no'; end o",
        "begin return; raise notice 'no'; end",
        "declare n int; begin select count(*) into n from t; if n > 2 then update t set name = 'n' || n where id = 1; end if; end",
        "declare lo int := 1; hi int := 2; s numeric; begin select sum(n) into s from t where id between lo and hi; raise notice '%', s; delete from t where id = hi + 98; raise notice '%', found; end",
        "declare d date := '2020-01-31'; begin raise notice '% % %', d + 1, d + interval '1 month', extract(month from d); end",
        "declare u uuid := 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'; j jsonb := '{\"a\": 1}'; begin raise notice '% %', u, j ->> 'a'; end",
        "begin insert into nothing values (1); exception when undefined_table then raise notice '%', sqlstate; end",
        "begin savepoint s; end",
        "begin execute 'rollback'; end",
        "begin execute null; end",
        "begin x := 1; end",
        "begin if true then end",
        "begin raise notice '% %', 1; end",
        "begin exit; end",
        "begin exit nowhere; end",
        "begin perform set_config('app.x', 'from a block', false); set local search_path = public; end",
        "begin raise notice '%', current_setting('app.x'); end",
        "begin commit; insert into t values (50, 'kept', 1); commit; insert into t values (51, 'lost', 1); rollback; insert into t values (52, 'kept', 1); end",
        "begin begin commit; exception when others then raise notice '%', sqlstate; end; end",
        "begin for i in 1..3 loop begin insert into t values (60 + i / 2, 'each', i); exception when unique_violation then raise notice 'taken %', i; end; end loop; end",
        "declare r record; begin for r in select id from t order by id loop insert into t values (r.id, 'again', 0); end loop; exception when others then raise notice '% %', sqlstate, r.id; end",
        "declare r record; begin for r in select id from t order by id loop begin insert into t values (r.id, 'again', 0); exception when unique_violation then null; end; if r.id > 2 then exit; end if; end loop; raise notice '% %', found, r.id; end",
        "begin for i in 1..2 loop for j in 1..2 loop perform id from t where id = i * j; raise notice '% % %', i, j, found; end loop; end loop; end",
        "declare r record; begin for r in select id from t order by id loop do $inner$ declare q record; begin for q in select id from t order by id limit 1 loop raise notice 'in %', q.id; end loop; exception when others then raise notice '%', sqlerrm; end $inner$; exit when r.id > 1; end loop; end",
        "begin do $inner$ begin raise notice 'inside'; end $inner$; end",
    ];

    [PostgresFact]
    [Trait("Rule", "S4.1")]
    public async Task Blocks_SayAndDo_WhatTheyDoInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        var theirs = await RunAllAsync(twins, null);
        foreach (var door in twins.Doors) Assert.Equal(theirs, await RunAllAsync(twins, door));
    }

    [PostgresFact]
    public async Task Blocks_InTransactionsAndBesideOthers_AreStatements()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE t (id int PRIMARY KEY, v text);
            BEGIN; DO $$ BEGIN INSERT INTO t VALUES (1, 'a'); END $$; ROLLBACK;
            SELECT count(*) FROM t;
            BEGIN; DO $$ BEGIN INSERT INTO t VALUES (1, 'a'); END $$; DO $$ BEGIN RAISE EXCEPTION 'x'; END $$; SELECT 1; COMMIT;
            BEGIN; INSERT INTO t VALUES (2, 'b'); DO $$ BEGIN COMMIT; END $$; COMMIT;
            BEGIN; INSERT INTO t VALUES (2, 'b'); SAVEPOINT s; DO $$ BEGIN DELETE FROM t; RAISE EXCEPTION 'x'; END $$; ROLLBACK TO s; COMMIT;
            SELECT * FROM t;
            DO LANGUAGE plpgsql 'BEGIN INSERT INTO t VALUES (3, ''quoted''); END';
            DO 'BEGIN DELETE FROM t WHERE id = 2; END' LANGUAGE plpgsql;
            DO LANGUAGE nothing $$ BEGIN END $$;
            DO LANGUAGE sql $$ SELECT 1 $$;
            DO;
            SET statement_timeout = 50; DO $$ BEGIN LOOP NULL; END LOOP; END $$; RESET statement_timeout;
            DO $$ BEGIN SET client_min_messages = error; RAISE WARNING 'w'; END $$; SHOW client_min_messages; RESET client_min_messages;
            SELECT * FROM t;
            DROP TABLE t;

            """);
    }

    [PostgresFact]
    public async Task Blocks_NestedTooDeeply_AreRefused()
    {
        await using var door = await DoorCluster.StartAsync();
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        foreach (var depth in new[] { 3_000, 300_000 })
        {
            var nested = string.Concat(Enumerable.Repeat("begin ", depth)) + "null; " + string.Concat(Enumerable.Repeat("end; ", depth));
            try
            {
                await RunAsync(connection, $"DO $$ {nested} $$");
            }
            catch (PostgresException failure)
            {
                Assert.Equal("54001", failure.SqlState);
            }
        }

        await RunAsync(connection, "DO $$ begin end $$");
    }

    [PostgresFact]
    public async Task Loop_WithoutStatements_IsCancelled()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.Notice += (_, _) => begun.TrySetResult();
            await using var command = new NpgsqlCommand("DO $$ BEGIN RAISE NOTICE 'begun'; LOOP NULL; END LOOP; END $$", connection) { CommandTimeout = 0 };
            var running = command.ExecuteNonQueryAsync();
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
            command.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(30)));
            await using var after = new NpgsqlCommand("SELECT 1", connection);
            Assert.Equal(1, await after.ExecuteScalarAsync());
        }
    }

    private static async Task<string> RunAllAsync(Twins twins, DoorCluster? door)
    {
        await using var connection = await twins.ConnectAsync(door);
        var told = new List<string>();
        connection.Notice += (_, notice) => told.Add($"{notice.Notice.InvariantSeverity} {notice.Notice.SqlState} {notice.Notice.MessageText}");
        await RunAsync(connection, "CREATE TABLE t (id int PRIMARY KEY, name text, n numeric(10,2)); INSERT INTO t VALUES (1, 'one', 1.5), (2, 'two', 2.5)");
        foreach (var block in Blocks)
        {
            told.Add("> " + block);
            try
            {
                await RunAsync(connection, $"DO $$ {block} $$");
            }
            catch (PostgresException failure)
            {
                // What PostgreSQL's own grammar says of an error in it is said in other words here.
                var isSyntax = failure.SqlState == "42601" && failure.MessageText.StartsWith("syntax error", StringComparison.Ordinal);
                told.Add($"{failure.SqlState} {(isSyntax ? "" : failure.MessageText)} {failure.ConstraintName}{failure.TableName}");
            }

            await using var all = new NpgsqlCommand("SELECT coalesce(string_agg(id || ':' || coalesce(name, '') || ':' || n, ' ' ORDER BY id), '') FROM t", connection);
            told.Add((string)(await all.ExecuteScalarAsync())!);
        }

        await RunAsync(connection, "DROP TABLE t");
        return string.Join('\n', told);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
