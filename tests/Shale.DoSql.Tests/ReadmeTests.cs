namespace Shale.DoSql.Tests;

/// <summary>The sample of the README, section "Embedded".</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task Embedded_Sample_DoesWhatItSays()
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path))
        {
            await db.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
            var ada = await db.RunAsync("INSERT INTO users (name) VALUES (?)", ["Ada"]);
            var user = await db.QueryOneAsync("SELECT name FROM users WHERE id = :id", DoSqlParameters.Named(("id", ada.LastInsertId)));
            Assert.Equal("Ada", user!["name"]);

            await db.TransactionAsync(async tx =>
            {
                await tx.RunAsync("UPDATE users SET name = 'Grace' WHERE id = $1", [1]);
                await tx.SavepointAsync("before");
                await tx.RunAsync("DELETE FROM users");
                await tx.RollbackToAsync("before");
            });
            Assert.Equal("Grace", await db.QueryOneAsync<string>("SELECT name FROM users"));

            Assert.Equal(["Ada"], await db.QueryAsync<string>("SELECT name FROM users FOR SYSTEM_TIME AS OF VERSION CURRENT - 1"));
            await using var before = db.AsOf(TimePoint.OfLsn(ada.Lsn.Value));
            Assert.Equal("Ada", await before.QueryOneAsync<string>("SELECT name FROM users"));
            var history = await db.QueryAsync("SELECT *, _dosql_version, _dosql_valid_from, _dosql_valid_to FROM users FOR SYSTEM_TIME ALL WHERE id = 1");
            Assert.Equal(["Grace", "Ada"], history.Select(row => row["name"]));

            var branch = await db.BranchAsync("feature-x");
            await branch.RunAsync("ALTER TABLE users ADD COLUMN role TEXT");
            Assert.Equal("42703", (await Assert.ThrowsAsync<VitessException>(() => db.QueryAsync("SELECT role FROM users"))).SqlState);
            var restored = await db.RestoreAsync(TimePoint.OfVersion(2));
            Assert.Equal("Ada", await db.QueryOneAsync<string>("SELECT name FROM users"));
            await db.RestoreAsync(TimePoint.OfBookmark(restored.Undo));
            Assert.Equal("Grace", await db.QueryOneAsync<string>("SELECT name FROM users"));
        }

        directory.Remove();
    }
}
