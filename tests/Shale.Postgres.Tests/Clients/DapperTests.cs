using Dapper;
using Npgsql;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Clients;

/// <summary>Dapper on Npgsql, as it comes, through the PostgreSQL door.</summary>
public sealed class DapperTests
{
    private sealed record Order(long Id, int Customer, decimal Total, DateTime At);

    [Theory]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Rows_WrittenAndRead_AreTheSame(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Username=app;Database=main;Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync("CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, total numeric(12, 2) NOT NULL, at timestamptz NOT NULL)");
        var at = new DateTime(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);
        var orders = Enumerable.Range(1, 30).Select(i => new Order(i, i % 3, i * 1.25m, at.AddHours(i))).ToList();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.Equal(30, await connection.ExecuteAsync("INSERT INTO orders VALUES (@Id, @Customer, @Total, @At)", orders, transaction));
            await transaction.CommitAsync();
        }

        Assert.Equal(orders, await connection.QueryAsync<Order>("SELECT id, customer, total, at FROM orders ORDER BY id"));
        Assert.Equal([2L, 5L, 29L], await connection.QueryAsync<long>("SELECT id FROM orders WHERE id = ANY(@Ids) AND customer = @Customer ORDER BY id", new { Ids = new long[] { 2, 3, 5, 29 }, Customer = 2 }));
        using var several = await connection.QueryMultipleAsync("SELECT count(*) FROM orders; SELECT customer, sum(total) FROM orders GROUP BY customer ORDER BY customer", new { });
        Assert.Equal(30, await several.ReadSingleAsync<long>());
        Assert.Equal([(0, 206.25m), (1, 181.25m), (2, 193.75m)], await several.ReadAsync<(int, decimal)>());
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("INSERT INTO orders VALUES (@Id, 1, 1, now())", new { Id = 1 }));
    }
}
