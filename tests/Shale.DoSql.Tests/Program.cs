namespace Shale.DoSql.Tests;

/// <summary>The process that <see cref="CrashTests"/> kills.</summary>
internal static class Program
{
    private static Task Main(string[] args) => args is ["write", var directory] ? CrashTests.WriteAsync(directory) : Task.CompletedTask;
}
